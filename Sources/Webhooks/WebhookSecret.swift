import Signing

/// The secret that a webhook's messages are signed with.
///
/// Shape: `whsec_` and the base64 of 24 to 64 random bytes. Source: Standard Webhooks, "Signature scheme".
package struct WebhookSecret: Sendable, Equatable {
    private static let prefix = "whsec_"
    private static let lengths = 24...64

    private let bytes: [UInt8]

    /// A new secret of 32 bytes.
    package static func make() -> WebhookSecret { WebhookSecret(bytes: RandomBytes.make(count: 32)) }

    private init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Reads a secret that a caller chose, with or without its prefix; `nil` if it is none.
    package init?(_ text: String) {
        let base64 = text.hasPrefix(Self.prefix) ? String(text.dropFirst(Self.prefix.count)) : text
        guard let bytes = try? Base64.decode(base64), Self.lengths.contains(bytes.count) else { return nil }
        self.bytes = bytes
    }

    /// The text that the receiver is given; shown once.
    package var text: String { Self.prefix + Base64.encode(bytes) }

    /// Signs a message.
    ///
    /// Source: Standard Webhooks, "Signature scheme".
    ///
    /// - Parameters:
    ///   - id: The value of `webhook-id`: the same for every attempt to deliver one message.
    ///   - timestamp: The value of `webhook-timestamp`: Unix seconds of this attempt.
    ///   - body: As it is sent.
    /// - Returns: The value of `webhook-signature`: `v1,` and the base64 of the HMAC-SHA256 of `ID.TIMESTAMP.BODY`.
    package func signature(id: String, timestamp: Int64, body: [UInt8]) -> String {
        let signed = Array("\(id).\(timestamp).".utf8) + body
        return "v1," + Base64.encode(HMACSHA256.code(of: signed, key: bytes))
    }
}

extension WebhookSecret: CustomStringConvertible, CustomReflectable {
    /// Says nothing of the secret, so that a log that is given one does not either.
    package var description: String { "whsec_…" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
