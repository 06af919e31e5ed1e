import Operations

/// A superseded id that means the model which took its place, until it is retired.
package struct ModelAlias: Sendable, Equatable {
    package let id: String
    /// The model's own id.
    package let model: String
    /// The first day, in UTC, on which the id is not taken any more: "2027-01-31".
    package let retires: String
    /// The beginning of that day, Unix milliseconds.
    private let retiresAt: Int64

    /// - Returns: `nil` if `retires` is no day of the calendar, written as "2027-01-31".
    package init?(id: String, model: String, retires: String) {
        guard let midnight = RFC3339.milliseconds(ofDay: retires) else { return nil }
        self.id = id
        self.model = model
        self.retires = retires
        retiresAt = midnight
    }

    func isRetired(atMilliseconds now: Int64) -> Bool { now >= retiresAt }
}
