import Glibc

/// The file system's side of a daemon's Unix socket: its folder, its permissions, its end.
struct LocalSocketFile {
    let path: String
    let group: OperatorGroup?

    private var folder: String {
        guard let slash = self.path.lastIndex(of: "/"), slash != self.path.startIndex else { return "/" }
        return String(self.path[..<slash])
    }

    /// Makes the way free for `bind`, which removes an existing socket file without asking.
    ///
    /// The caller holds its state lock already. That does not cover two daemons with a state directory each and one
    /// socket path between them, hence the attempt to connect: a socket that somebody answers on is not ours to take.
    ///
    /// - Throws: ``ExitStatus/unreachable`` if another daemon listens there, ``ExitStatus/usage`` if the path cannot
    ///   be used.
    func prepare() throws(CommandError) {
        guard self.path.hasPrefix("/"), self.path.utf8.count <= UnixSocket.pathLimit else {
            throw CommandError(
                .usage,
                "the socket path \(self.path) cannot be used: it must be absolute and at most "
                    + "\(UnixSocket.pathLimit) bytes long",
                hint: "choose a shorter path, for example in /run"
            )
        }
        try self.prepareFolder()
        do {
            close(try UnixSocket.connect(to: self.path, type: SOCK_STREAM))
        } catch {
            return
        }
        throw CommandError(
            .unreachable,
            "another daemon listens on \(self.path)",
            hint: "stop it, or give this one a socket of its own"
        )
    }

    /// Makes the folder, 0750 in the operator group.
    ///
    /// An existing one keeps its mode, and its group unless it is ours to give and closed to others: then only that
    /// group decides who reaches the socket.
    private func prepareFolder() throws(CommandError) {
        let isNew = mkdir(self.folder, 0o750) == 0
        if !isNew, errno != EEXIST {
            throw CommandError(
                .usage,
                "the folder of the socket \(self.path) cannot be made: \(SystemError.last)",
                hint: "create it for the daemon's user, or name a socket in another folder"
            )
        }
        guard let group else { return }
        var status = stat()
        guard stat(self.folder, &status) == 0, status.st_uid == geteuid(), status.st_gid != group.id else { return }
        if isNew || (status.st_mode & 0o007 == 0 && status.st_mode & 0o010 != 0) {
            _ = chown(self.folder, uid_t.max, group.id)
        }
    }

    /// Gives the socket its group, then opens it to that group: 0660.
    ///
    /// Between `bind` and this the umask decides; the folder keeps others out, and writing is decided by peer
    /// credentials in any case.
    func open() throws(CommandError) {
        var status = stat()
        // Under systemd the socket has the group already, and a unit's system call filter may refuse even a change to
        // what is there.
        let hasGroup = stat(self.path, &status) == 0 && status.st_gid == self.group?.id
        if let group, !hasGroup, chown(self.path, uid_t.max, group.id) != 0 {
            throw CommandError(.failed, "cannot give the socket \(self.path) to \(group.name): \(SystemError.last)")
        }
        guard chmod(self.path, self.group == nil ? 0o600 : 0o660) == 0 else {
            throw CommandError(.failed, "cannot set the mode of the socket \(self.path): \(SystemError.last)")
        }
    }

    /// The file's identity, to recognise it at the end.
    func inode() -> ino_t? {
        var status = stat()
        return lstat(self.path, &status) == 0 ? status.st_ino : nil
    }

    /// Removes the socket file unless somebody has put another one in its place.
    func remove(inode: ino_t?) {
        if let inode, self.inode() == inode {
            unlink(self.path)
        }
    }
}
