package import Signing

/// What a request says of itself with an `Idempotency-Key`.
package struct IdempotencyKey: Sendable, Equatable {
    /// Digest of the header's value: what callers choose for it is kept nowhere.
    package var sha256: Digest
    /// Digest of route and body: the same key with another one is a conflict.
    package var requestSHA256: Digest

    package init(sha256: Digest, requestSHA256: Digest) {
        self.sha256 = sha256
        self.requestSHA256 = requestSHA256
    }

    /// How long a key is kept, in milliseconds: 24 hours.
    package static let life: Int64 = 24 * 60 * 60 * 1_000
}
