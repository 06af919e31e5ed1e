package import Glibc

/// Who may change something through a daemon's socket; whoever can open it may read.
package struct LocalWriters: Sendable, Equatable {
    /// The daemon's own user.
    package var ownUser: uid_t
    package var operatorGroup: gid_t?

    package init(ownUser: uid_t = geteuid(), operatorGroup: gid_t?) {
        self.ownUser = ownUser
        self.operatorGroup = operatorGroup
    }

    /// Root, the daemon's own user and members of the operator group write; an unknown peer does not.
    package func include(_ peer: PeerCredentials?) -> Bool {
        guard let peer else { return false }
        if peer.userID == 0 || peer.userID == self.ownUser { return true }
        guard let operatorGroup else { return false }
        return peer.groupID == operatorGroup || peer.groups.contains(operatorGroup)
    }
}
