import CSodium

/// Bytes of a secret, apart from the heap.
///
/// libsodium puts them between two pages that cannot be touched, locks them against swapping where the system
/// lets it, keeps them out of core dumps, and wipes them when they are freed. Once filled they are read-only.
final class GuardedMemory: Sendable {
    // A pointer is not Sendable by itself. The bytes are written by `init` alone, before anybody else has them, and
    // the pages refuse writes from then on.
    private nonisolated(unsafe) let base: UnsafeMutablePointer<UInt8>

    let count: Int

    /// Makes room for `count` bytes, at least 1, and lets `fill` write them.
    init<Failure: Error>(
        count: Int,
        fill: (UnsafeMutablePointer<UInt8>) throws(Failure) -> Void
    ) throws(Failure) {
        Sodium.prepare()
        guard let base = sodium_malloc(count) else {
            preconditionFailure("no memory for \(count) guarded bytes")
        }
        self.base = base.assumingMemoryBound(to: UInt8.self)
        self.count = count
        try fill(self.base)
        sodium_mprotect_readonly(base)
    }

    deinit {
        // Wipes first.
        sodium_free(base)
    }

    /// Lends the `count` bytes; they must not be copied out.
    func withBytes<Result, Failure: Error>(
        _ body: (UnsafePointer<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(base)
    }
}
