/// How often each thing happened in some time.
struct ActivityCounts: Sendable, Equatable {
    var offered = 0
    var accepted = 0
    /// By the refusal's word.
    var refused: [String: Int] = [:]
    var finished = 0
    /// By the code of what ended the job.
    var lost: [String: Int] = [:]
    var settled = 0
    /// By the reason that the network gave.
    var unpaid: [String: Int] = [:]
    /// What the settled jobs earned.
    var microUSDC = 0

    var refusedCount: Int { refused.values.reduce(0, +) }
    var lostCount: Int { lost.values.reduce(0, +) }
    var unpaidCount: Int { unpaid.values.reduce(0, +) }

    mutating func count(_ kind: JobEvent.Kind) {
        switch kind {
        case .offered: offered += 1
        case .accepted: accepted += 1
        case .refused(let reason): refused[reason, default: 0] += 1
        case .finished: finished += 1
        case .lost(let code): lost[code, default: 0] += 1
        case .settled(let earned):
            settled += 1
            microUSDC += earned
        case .unpaid(let reason): unpaid[reason, default: 0] += 1
        }
    }

    static func += (sum: inout ActivityCounts, other: ActivityCounts) {
        sum.offered += other.offered
        sum.accepted += other.accepted
        sum.refused.merge(other.refused, uniquingKeysWith: +)
        sum.finished += other.finished
        sum.lost.merge(other.lost, uniquingKeysWith: +)
        sum.settled += other.settled
        sum.unpaid.merge(other.unpaid, uniquingKeysWith: +)
        sum.microUSDC += other.microUSDC
    }
}
