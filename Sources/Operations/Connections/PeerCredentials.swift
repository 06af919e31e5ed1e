package import Glibc

/// Who is at the other end of a Unix socket, as the kernel recorded it when they connected.
package struct PeerCredentials: Sendable, Equatable {
    /// The process that connected, for logs only: it may have ended since, and its number be another's.
    package var processID: pid_t
    package var userID: uid_t
    /// The primary group.
    package var groupID: gid_t
    /// The supplementary groups.
    package var groups: [gid_t]

    package init(processID: pid_t, userID: uid_t, groupID: gid_t, groups: [gid_t]) {
        self.processID = processID
        self.userID = userID
        self.groupID = groupID
        self.groups = groups
    }

    /// Asks the kernel about a connected socket; `nil` if it is not a Unix one.
    ///
    /// Both options are needed: `SO_PEERCRED` knows only the primary group, which is rarely the operators' one.
    /// Source: unix(7) and socket(7); `SO_PEERGROUPS` is in Linux since 4.13.
    init?(ofUnixSocket socket: CInt) throws(SystemError) {
        // The channel knows its addresses only once it is active, which is too late for the first request.
        var domain: CInt = 0
        var domainLength = socklen_t(MemoryLayout<CInt>.size)
        _ = try SystemError.checked { getsockopt(socket, SOL_SOCKET, SO_DOMAIN, &domain, &domainLength) }
        guard domain == AF_UNIX else { return nil }
        // `struct ucred` (pid, uid, gid: 32 bits each), which Swift's Glibc does not import.
        var credentials: (pid_t, uid_t, gid_t) = (0, uid_t.max, gid_t.max)
        var length = socklen_t(MemoryLayout.size(ofValue: credentials))
        _ = try SystemError.checked { getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &credentials, &length) }
        self.init(
            processID: credentials.0,
            userID: credentials.1,
            groupID: credentials.2,
            groups: try Self.groups(of: socket)
        )
    }

    private static func groups(of socket: CInt) throws(SystemError) -> [gid_t] {
        var capacity = 32
        while true {
            var length = socklen_t(capacity * MemoryLayout<gid_t>.stride)
            var failure: SystemError?
            let groups = [gid_t](unsafeUninitializedCapacity: capacity) { buffer, count in
                do throws(SystemError) {
                    _ = try SystemError.checked {
                        getsockopt(socket, SOL_SOCKET, SO_PEERGROUPS, buffer.baseAddress, &length)
                    }
                    count = Int(length) / MemoryLayout<gid_t>.stride
                } catch {
                    failure = error
                }
            }
            guard let failure else { return groups }
            // The kernel left the length that it needs; it has at most 65,536 groups a process.
            guard failure.number == ERANGE, Int(length) / MemoryLayout<gid_t>.stride > capacity else { throw failure }
            capacity = Int(length) / MemoryLayout<gid_t>.stride
        }
    }
}
