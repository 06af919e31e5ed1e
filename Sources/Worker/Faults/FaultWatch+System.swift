import Glibc
import WorkerStore

extension FaultWatch.Probes {
    /// Asks this machine.
    ///
    /// - Parameters:
    ///   - stateDirectory: Whose file system is looked at.
    ///   - store: Whose commits must succeed.
    ///   - clockOffsets: What the networks say.
    /// - Returns: What ``FaultWatch`` is to look at.
    static func system(
        stateDirectory: String,
        store: WorkerStore,
        clockOffsets: @escaping @Sendable () -> [ClockRule.Offset]
    ) -> Self {
        Self(
            diskSpace: { DiskSpaceRule.Space(at: stateDirectory) },
            descriptors: { DescriptorRule.Use.ofThisProcess },
            clockOffsets: clockOffsets,
            database: { await store.tryToWrite() }
        )
    }
}

extension DiskSpaceRule.Space {
    /// The file system that holds `path`; nil if it cannot be asked.
    init?(at path: String) {
        var status = statvfs()
        guard statvfs(path, &status) == 0 else { return nil }
        let block = Int(status.f_frsize)
        self.init(path: path, free: Int(status.f_bavail) * block, total: Int(status.f_blocks) * block)
    }
}

extension DescriptorRule.Use {
    /// Of this process; nil where `/proc` does not tell.
    static var ofThisProcess: Self? {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return nil }
        guard let directory = opendir("/proc/self/fd") else {
            // No descriptor for the directory either: that is the answer.
            guard errno == EMFILE else { return nil }
            return Self(open: Int(clamping: limit.rlim_cur), limit: Int(clamping: limit.rlim_cur))
        }
        defer { closedir(directory) }
        // Not ".", "..", and the directory itself.
        var open = -3
        while readdir(directory) != nil { open += 1 }
        return Self(open: open, limit: Int(clamping: limit.rlim_cur))
    }
}
