import Glibc

/// How many file descriptors this process may have open.
package enum DescriptorLimit {
    /// Raises the soft limit to at least `count`, as far as the hard one lets.
    ///
    /// - Returns: The soft limit from now on; `nil` where the kernel would not tell (a system call filter).
    package static func raise(to count: Int) -> Int? {
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        var limit = rlimit()
        guard getrlimit(resource, &limit) == 0 else { return nil }
        guard limit.rlim_cur < rlim_t(count) else { return Int(clamping: limit.rlim_cur) }
        var raised = limit
        raised.rlim_cur = min(limit.rlim_max, rlim_t(count))
        guard setrlimit(resource, &raised) == 0 else { return Int(clamping: limit.rlim_cur) }
        return Int(clamping: raised.rlim_cur)
    }
}
