import Glibc

/// How much of what its workers can do is asked of a model, averaged over the last minutes.
///
/// An exponentially weighted mean: what was observed at an age a counts with e^(−a ÷ window). It begins at 0, so that a
/// restart never makes a price higher.
struct ModelLoad: Sendable, Equatable {
    private(set) var utilisation = 0.0

    /// A queue of any length counts as much as slots for all of it twice over: what waits longer is told to come again.
    static let most = 2.0

    /// Takes in how the model has been for `elapsed`.
    ///
    /// - Parameters:
    ///   - capacity: Slots, and those that are busy.
    ///   - waiting: Jobs that wait for a slot.
    ///   - elapsed: Since the last observation.
    ///   - window: The time over which is averaged.
    mutating func observe(_ capacity: ModelCapacity, waiting: Int, for elapsed: Duration, window: Duration) {
        let weight = exp(-max(0, elapsed / .seconds(1)) / (window / .seconds(1)))
        utilisation = utilisation * weight + Self.utilisation(of: capacity, waiting: waiting) * (1 - weight)
    }

    /// Busy slots and waiting jobs for each slot; who waits where there is no slot makes it full.
    static func utilisation(of capacity: ModelCapacity, waiting: Int) -> Double {
        guard capacity.slots > 0 else { return waiting > 0 ? SurgePricing.full : 0 }
        return min(most, Double(capacity.busy + waiting) / Double(capacity.slots))
    }
}
