import HTTPTypes
import Hummingbird
import Logging
import Operations
import Signing

/// What a route of the public API knows about its request.
struct CallerContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// Whether the caller is still there.
    let connection: ConnectionInfo
    /// The caller's `x-request-id`, or a new one; the same in the answer, the logs and at the worker.
    var requestID = ""
    /// Set by ``APIResponder`` on every route that needs authentication.
    var caller: Caller?

    /// Who asks and who pays.
    struct Caller: Sendable {
        var wallet: Address
        var keyID: String
    }

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        connection = ConnectionInfo.current
    }
}

extension HTTPField.Name {
    static let requestID = Self.make("x-request-id")
    static let jobID = Self.make("x-decentral-job-id")
    static let txSignature = Self.make("x-decentral-tx-signature")
    static let settlementTx = Self.make("x-decentral-settlement-tx")
    static let worker = Self.make("x-decentral-worker")
    static let creditsRemaining = Self.make("x-decentral-credits-remaining")
    static let shouldRetry = Self.make("x-should-retry")
    static let trailer = Self.make("Trailer")

    /// A name that is known to be one.
    private static func make(_ text: String) -> Self {
        guard let name = Self(text) else { preconditionFailure("\(text) is no header name") }
        return name
    }
}
