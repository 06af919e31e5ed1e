import Glibc

/// A yes or no that outlives the daemon: an empty file that is there, or is not.
///
/// A file and not a row, because an operator can see it with `ls`, set it with `touch`, and a database that is damaged
/// or full does not change what was said.
package struct StateFlag: Sendable {
    /// Absolute.
    package let path: String

    package init(directory: String, name: String) {
        path = "\(directory)/\(name)"
    }

    package var isSet: Bool { access(path, F_OK) == 0 }

    /// Makes or removes the file; it holds across a crash when this returns.
    ///
    /// - Throws: ``ExitStatus/failed`` with what the system says.
    package func set(_ isSet: Bool) throws(CommandError) {
        do {
            if isSet {
                close(try SystemError.checked { open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o640) })
            } else if unlink(path) != 0, errno != ENOENT {
                throw SystemError.last
            }
            try syncDirectory()
        } catch {
            throw CommandError(.failed, "cannot \(isSet ? "write" : "remove") \(path): \(error)")
        }
    }

    /// The file has no content: its name is all there is to keep, and that is the directory's.
    private func syncDirectory() throws(SystemError) {
        let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        let descriptor = try SystemError.checked { open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
        defer { close(descriptor) }
        _ = try SystemError.checked { fsync(descriptor) }
    }
}
