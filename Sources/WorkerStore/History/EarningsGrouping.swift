/// By what earnings are summed up; days, weeks and months are those of UTC.
package enum EarningsGrouping: String, Sendable, CaseIterable {
    /// `2026-06-15`.
    case day
    /// The Monday on which it begins: `2026-06-15`.
    case week
    /// `2026-06`.
    case month
    /// The network's id of the model.
    case model
    /// The gateway's address.
    case network

    /// Whether groups follow each other in time, so that the newest comes first.
    var isTime: Bool {
        switch self {
        case .day, .week, .month: true
        case .model, .network: false
        }
    }

    /// What names the group of a row, in SQL; `time` is the column with its Unix milliseconds.
    ///
    /// A payout may have outlived its job, after a lost database or by the configured age, and then has no model.
    func sql(time: String) -> String {
        switch self {
        case .day: "date(\(time) / 1000, 'unixepoch')"
        // Six days back, then on to the next Monday, or not at all if that is one.
        case .week: "date(\(time) / 1000, 'unixepoch', '-6 days', 'weekday 1')"
        case .month: "strftime('%Y-%m', \(time) / 1000, 'unixepoch')"
        case .model: "COALESCE(model, 'unknown')"
        case .network: "network"
        }
    }
}
