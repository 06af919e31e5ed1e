/// Tells a backend that hangs from one that is slow, as a value: it is told what generations came to.
///
/// A server whose model hangs may still answer `/health`; that its generations end in nothing is the only sign.
struct StallWatch: Sendable {
    /// Generations in a row that must run out of time: one may have been a prompt that was too long for the machine.
    static let limit = 3

    /// Generations that ran out of time since the last one that came to its end.
    private(set) var stalls = 0

    /// Whether the backend counts as hanging; only a generation that ends well changes that.
    var isHanging: Bool { stalls >= Self.limit }

    /// A generation came to its end.
    mutating func generationEnded() {
        stalls = 0
    }

    /// A generation got no output in time.
    ///
    /// - Returns: Whether it made the backend a hanging one.
    mutating func generationStalled() -> Bool {
        stalls += 1
        return stalls == Self.limit
    }

    /// The backend was started anew.
    mutating func restarted() {
        stalls = 0
    }
}
