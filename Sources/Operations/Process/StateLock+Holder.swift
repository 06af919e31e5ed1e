import Glibc

extension StateLock {
    /// Who holds the lock of a state directory, for people; nil if nobody does, or if it cannot be told.
    ///
    /// Looks at the kernel's list and takes no lock itself, which could keep a daemon from starting at that moment.
    package static func holder(ofDirectory directory: String) -> String? {
        var status = stat()
        guard stat(directory + "/lock", &status) == 0, let locks = ProcessFigures.contents(of: "/proc/locks"),
            self.isLocked(inode: UInt64(status.st_ino), locks: locks)
        else { return nil }
        let descriptor = open(directory + "/lock", O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { return "another process" }
        defer { close(descriptor) }
        return self.readHolder(descriptor)
    }

    /// Whether the text of `/proc/locks` has an exclusive `flock` on a file of that inode.
    ///
    /// Shape: `1: FLOCK  ADVISORY  WRITE 4711 fe:01:131072 0 EOF`. The device is left out: some file systems tell
    /// another one here than to stat(2).
    static func isLocked(inode: UInt64, locks: String) -> Bool {
        locks.split(separator: "\n").contains { line in
            let fields = line.split(separator: " ")
            return fields.count > 5 && fields[1] == "FLOCK" && fields[3] == "WRITE" && fields[5].hasSuffix(":\(inode)")
        }
    }
}
