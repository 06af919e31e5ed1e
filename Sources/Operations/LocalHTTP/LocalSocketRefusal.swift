import Glibc

/// Why a daemon's socket could not be opened, in words that help.
struct LocalSocketRefusal {
    let socket: String
    let daemon: String
    let error: SystemError

    /// Whether the daemon is down, rather than out of this user's reach.
    var isForWantOfListener: Bool { [ENOENT, ECONNREFUSED, ENOTDIR].contains(self.error.number) }

    var commandError: CommandError {
        switch self.error.number {
        case _ where self.isForWantOfListener:
            let reason = self.error.number == ECONNREFUSED ? "nobody listens on" : "there is no socket at"
            return CommandError(
                .unreachable,
                "\(self.daemon) is not running: \(reason) \(self.socket)",
                hint: "start it (systemctl start \(self.daemon)), or name its configuration with --config"
            )
        case EACCES, EPERM:
            let remedy =
                self.group.map { "join the group \($0) (usermod -aG \($0) USER) and log in again, or use sudo" }
                ?? "use sudo"
            return CommandError(
                .unreachable,
                "\(self.daemon) cannot be reached: this user may not open \(self.socket)",
                hint: remedy
            )
        default:
            return CommandError(
                .unreachable,
                "\(self.daemon) cannot be reached on \(self.socket): \(self.error)",
                hint: "check the socket's path in the configuration"
            )
        }
    }

    /// The group that may open the socket: the socket's own, or its folder's if we cannot even look into that.
    private var group: String? {
        let folder = self.socket.lastIndex(of: "/").map { String(self.socket[..<$0]) } ?? "."
        var status = stat()
        guard stat(self.socket, &status) == 0 || stat(folder, &status) == 0, status.st_gid != 0 else { return nil }
        return OperatorGroup.name(of: status.st_gid)
    }
}
