/// Whether this process can open files and connections.
///
/// A job needs one or two descriptors for its backend, a session one, SQLite and the local socket a few. Without one left
/// connections fail in places that cannot say why.
struct DescriptorRule: Sendable {
    /// A warning from this share of the limit on, in percent.
    static let warnedPercent = 80
    /// Work stops from this share of the limit on, in percent.
    static let mostPercent = 95
    /// Work goes on below this share of the limit, in percent.
    static let resumedPercent = 90

    /// Open descriptors and the soft limit (`RLIMIT_NOFILE`).
    struct Use: Sendable, Equatable {
        var open: Int
        var limit: Int
    }

    private var isStopped = false

    mutating func measured(_ use: Use) -> Fault? {
        let percent = use.open * 100 / max(use.limit, 1)
        isStopped = percent >= (isStopped ? Self.resumedPercent : Self.mostPercent)
        guard isStopped || percent >= Self.warnedPercent else { return nil }
        let message =
            "\(use.open) of \(use.limit) file descriptors are open"
            + (isStopped ? ": no jobs are taken until it is less than \(Self.resumedPercent) %" : "")
            + "; raise LimitNOFILE= in the unit, or lower max_concurrent_jobs"
        return Fault(name: "descriptors", message: message, stopsWork: isStopped)
    }
}
