import NIOCore

/// Whether a caller takes what is written to it, as a value.
struct WriteProgress: Sendable {
    private let timeout: TimeAmount
    private let leastProgress: Int
    /// Since when output has waited, and how many bytes had been taken by then; `nil` while none waits.
    private var stretch: (since: NIODeadline, taken: Int)?

    init(bounds: HTTPBounds) {
        timeout = TimeAmount(bounds.writeTimeout)
        leastProgress = bounds.leastProgress
    }

    /// When to look again; `nil` while nothing waits.
    var deadline: NIODeadline? { stretch.map { $0.since + timeout } }

    /// Tells how much still waits of all that was written.
    ///
    /// - Parameters:
    ///   - written: Bytes written since the connection began.
    ///   - waiting: Bytes of these that the kernel has not taken.
    ///   - now: The time.
    /// - Returns: Whether the caller has taken too little for too long: close the connection.
    mutating func isStalled(written: Int, waiting: Int, at now: NIODeadline) -> Bool {
        guard waiting > 0 else {
            stretch = nil
            return false
        }
        let taken = written - waiting
        guard let begun = stretch else {
            stretch = (now, taken)
            return false
        }
        guard now >= begun.since + timeout else { return false }
        guard taken - begun.taken >= leastProgress else { return true }
        stretch = (now, taken)
        return false
    }
}
