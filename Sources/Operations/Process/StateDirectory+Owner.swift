import Glibc

extension StateDirectory {
    /// Refuses to write into a state directory that is another user's.
    ///
    /// Root could, but the files that it left there would be closed to the daemon.
    ///
    /// - Throws: ``ExitStatus/usage`` with the command to run instead.
    package static func requireOwner(_ path: String) throws(CommandError) {
        var status = stat()
        guard stat(path, &status) == 0, status.st_uid != geteuid() else { return }
        let owner = self.userName(status.st_uid) ?? String(status.st_uid)
        throw CommandError(
            .usage,
            "the state directory \(path) belongs to the user \(owner)",
            hint: "run this as that user (runuser -u \(owner) -- …), or while the daemon runs"
        )
    }

    private static func userName(_ id: uid_t) -> String? {
        var size = 1_024
        while size <= 1_048_576 {
            var entry = passwd()
            var result: UnsafeMutablePointer<passwd>?
            let buffer = UnsafeMutablePointer<CChar>.allocate(capacity: size)
            defer { buffer.deallocate() }
            let status = getpwuid_r(id, &entry, buffer, size, &result)
            if status == ERANGE {
                size *= 2
                continue
            }
            return status == 0 && result != nil ? String(cString: entry.pw_name) : nil
        }
        return nil
    }
}
