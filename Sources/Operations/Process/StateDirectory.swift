import Glibc

/// The folder that holds a daemon's database, identity and lock.
package enum StateDirectory {
    /// Owner everything, group read, others nothing: the operator group may read the history, nobody else.
    static let mode: mode_t = 0o750

    /// Makes sure that `path` is a folder that this process can write and others cannot.
    ///
    /// Missing folders on the way are made with the same mode. An existing one keeps the mode that its owner gave it.
    ///
    /// - Throws: ``ExitStatus/usage`` with the reason and the command that repairs it.
    package static func prepare(_ path: String) throws(CommandError) {
        try self.create(path)
        var status = stat()
        guard stat(path, &status) == 0 else { throw self.unusable(path, SystemError.last.description) }
        guard status.st_mode & S_IFMT == S_IFDIR else { throw self.unusable(path, "it is not a directory") }
        guard status.st_mode & 0o002 == 0 else {
            throw CommandError(
                .usage,
                "the state directory \(path) can be written by everyone",
                hint: "run: chmod 0750 \(path)"
            )
        }
        guard access(path, W_OK | X_OK) == 0 else { throw self.unusable(path, SystemError.last.description) }
    }

    private static func create(_ path: String) throws(CommandError) {
        if mkdir(path, self.mode) == 0 { return }
        switch errno {
        case EEXIST:
            return
        case ENOENT:
            guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else {
                throw self.unusable(path, SystemError(number: ENOENT).description)
            }
            try self.create(String(path[..<slash]))
            if mkdir(path, self.mode) != 0, errno != EEXIST {
                throw self.unusable(path, SystemError.last.description)
            }
        default:
            throw self.unusable(path, SystemError.last.description)
        }
    }

    private static func unusable(_ path: String, _ reason: String) -> CommandError {
        CommandError(
            .usage,
            "the state directory \(path) cannot be used: \(reason)",
            hint: "create it for the daemon's user, as root: install -d -m 0750 -o USER -g GROUP \(path)"
        )
    }
}
