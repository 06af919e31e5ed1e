import Glibc

/// The number of files and connections that this process may have open.
enum DescriptorLimit {
    /// More than any worker needs; old programs that are started as backends count up to the limit.
    static let enough: rlim_t = 65_536

    /// Raises the soft limit to the hard one, or to what is enough.
    ///
    /// The soft limit is 1,024 by default, for programs that use `select`; this one does not.
    static func raise() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        let wanted = min(limit.rlim_max, enough)
        guard limit.rlim_cur < wanted else { return }
        limit.rlim_cur = wanted
        _ = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}
