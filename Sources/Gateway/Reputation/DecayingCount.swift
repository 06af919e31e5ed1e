import Glibc

/// A count that forgets: what was added a half-life ago counts half.
struct DecayingCount: Sendable, Equatable {
    /// 30 days, in milliseconds.
    static let halfLife: Double = 30 * 86_400_000

    /// What the count was at ``at``.
    private(set) var amount: Double
    /// Unix milliseconds.
    private(set) var at: Int64

    init(_ amount: Double = 0, at milliseconds: Int64 = 0) {
        self.amount = amount
        at = milliseconds
    }

    /// What is left of it; a clock that went back changes nothing.
    func value(at now: Int64) -> Double {
        amount * Self.remainder(after: now - at)
    }

    mutating func add(_ more: Double, at now: Int64) {
        amount = value(at: now) + more
        at = max(at, now)
    }

    /// The part of 1 that is left after some milliseconds.
    static func remainder(after milliseconds: Int64) -> Double {
        exp2(-Double(max(0, milliseconds)) / halfLife)
    }

    /// What a steady 1 for each millisecond of a span adds up to at its end.
    static func sum(over milliseconds: Int64) -> Double {
        halfLife / M_LN2 * (1 - remainder(after: milliseconds))
    }
}
