package import Glibc

/// The group whose members may use a daemon's socket, reads and writes alike.
package struct OperatorGroup: Sendable, Equatable {
    /// The name by default; the package creates it.
    package static let defaultName = "decentral"

    package let name: String
    package let id: gid_t

    package init(name: String, id: gid_t) {
        self.name = name
        self.id = id
    }

    /// Finds the group that the socket gets.
    ///
    /// - Parameter configured: The configuration's `operator_group`, if the operator set it: then it must exist and
    ///   this process must be able to hand the socket to it. Left out, the default group is taken where that works
    ///   (under systemd it does) and none otherwise, so that a daemon also runs from a developer's shell.
    /// - Returns: The group, or `nil` if the socket is for its owner and root alone.
    /// - Throws: ``ExitStatus/usage`` if the group that was asked for cannot be used.
    package static func find(configured: String?) throws(CommandError) -> OperatorGroup? {
        let name = configured ?? self.defaultName
        guard let id = self.identifier(of: name) else {
            if configured == nil { return nil }
            throw CommandError(
                .usage,
                "operator_group: there is no group \"\(SafeText.line(name))\"",
                hint: "create it (groupadd --system NAME), or name another one"
            )
        }
        guard self.canGive(to: id) else {
            if configured == nil { return nil }
            throw CommandError(
                .usage,
                "operator_group: this user is not in the group \"\(SafeText.line(name))\" and cannot give it the socket",
                hint: "add the daemon's user to it: usermod -aG \(SafeText.line(name)) USER"
            )
        }
        return OperatorGroup(name: name, id: id)
    }

    static func identifier(of name: String) -> gid_t? {
        self.lookUp { entry, buffer, size, result in getgrnam_r(name, entry, buffer, size, result) }?.id
    }

    static func name(of id: gid_t) -> String? {
        self.lookUp { entry, buffer, size, result in getgrgid_r(id, entry, buffer, size, result) }?.name
    }

    private static func lookUp(
        _ call: (
            UnsafeMutablePointer<group>, UnsafeMutablePointer<CChar>, Int,
            UnsafeMutablePointer<
                UnsafeMutablePointer<group>?
            >
        ) -> Int32
    ) -> OperatorGroup? {
        // Members' names go into the buffer, too; 1 MiB ends the doubling for a group beyond all reason.
        var size = 1_024
        while size <= 1_048_576 {
            var entry = group()
            var result: UnsafeMutablePointer<group>?
            let buffer = UnsafeMutablePointer<CChar>.allocate(capacity: size)
            defer { buffer.deallocate() }
            let status = call(&entry, buffer, size, &result)
            if status == ERANGE {
                size *= 2
                continue
            }
            guard status == 0, result != nil else { return nil }
            return OperatorGroup(name: String(cString: entry.gr_name), id: entry.gr_gid)
        }
        return nil
    }

    /// Only root may give a file to a group that it is not in (chown(2)).
    private static func canGive(to id: gid_t) -> Bool {
        if geteuid() == 0 || getegid() == id { return true }
        var groups = [gid_t](repeating: 0, count: Int(max(0, getgroups(0, nil))))
        let count = getgroups(Int32(groups.count), &groups)
        return groups.prefix(Int(max(0, count))).contains(id)
    }
}
