import GatewayStore
import HTTPTypes
import InferenceAPI
import Signing

extension HTTPField.Name {
    static let idempotencyKey = Self.known("Idempotency-Key")
    static let idempotentReplayed = Self.known("idempotent-replayed")
}

extension IdempotencyKey {
    /// Longest key, in characters.
    static let longest = 255

    /// Reads the header of a request; nil if it has none.
    ///
    /// Route and body make the request: the same body sent to another route is another one.
    ///
    /// - Throws: 400 `invalid_parameter`, naming the header.
    init?(_ headers: HTTPFields, route: String, body: [UInt8]) throws(APIError) {
        let values = headers[values: .idempotencyKey]
        guard let text = values.first else { return nil }
        guard values.count == 1, (1...Self.longest).contains(text.utf8.count),
            text.utf8.allSatisfy({ (0x20...0x7E).contains($0) })
        else {
            throw .invalidParameter(
                HTTPField.Name.idempotencyKey.rawName,
                expected: "one header of 1 to \(Self.longest) printable ASCII characters"
            )
        }
        self.init(sha256: .sha256(Array(text.utf8)), requestSHA256: .sha256(Array(route.utf8) + [0x0A] + body))
    }
}
