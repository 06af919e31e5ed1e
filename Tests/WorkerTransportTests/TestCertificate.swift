import Foundation
import WorkerTransport

/// The certificate of `TLS/`, for `localhost`.
enum TestCertificate {
    static let own = GRPCNetworkListener.Certificate(certificateFile: path("certificate"), keyFile: path("key"))
    static let authority = path("certificate")
    /// An authority that did not sign it.
    static let otherAuthority = path("other")

    private static func path(_ name: String) -> String {
        guard let path = Bundle.module.path(forResource: name, ofType: "pem", inDirectory: "TLS") else {
            preconditionFailure("TLS/\(name).pem is not among the resources")
        }
        return path
    }
}
