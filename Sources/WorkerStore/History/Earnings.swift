/// What was earned since some time, group by group and in all.
package struct Earnings: Sendable, Equatable {
    /// Times with the newest first; models and networks with the best first.
    package var rows: [EarningsRow]
    /// Over every group, also over those that a limit left out.
    package var total: EarningsRow
}
