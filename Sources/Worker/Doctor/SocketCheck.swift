import Glibc
import Operations

/// Tells who may use the daemon's socket, and whether this user may.
struct SocketCheck: DoctorCheck {
    let section: StatusSection
    let daemon: DaemonView
    let name = "socket"

    func examine() async -> [DoctorFinding] {
        let group: OperatorGroup?
        do throws(CommandError) {
            group = try OperatorGroup.find(configured: section.operatorGroup)
        } catch {
            return [.fault(name, error.message, remedy: error.hint ?? "name another operator_group")]
        }
        return [verdict(group: group, mayWrite: Self.mayWrite(as: group))]
    }

    func verdict(group: OperatorGroup?, mayWrite: Bool) -> DoctorFinding {
        guard let group else {
            let wanted = section.operatorGroup ?? OperatorGroup.defaultName
            return .ok(name, "\(section.socket), for its owner and root alone: this user is not in a group \(wanted)")
        }
        guard mayWrite else {
            return .warning(
                name,
                "\(section.socket) is for the group \(group.name), and this user is not in it",
                remedy: "usermod -aG \(group.name) USER, and log in again"
            )
        }
        return .ok(name, "\(section.socket), for the group \(group.name)")
    }

    private static func mayWrite(as group: OperatorGroup?) -> Bool {
        guard let group, geteuid() != 0, getegid() != group.id else { return true }
        var groups = [gid_t](repeating: 0, count: Int(max(0, getgroups(0, nil))))
        let count = getgroups(Int32(groups.count), &groups)
        return groups.prefix(Int(max(0, count))).contains(group.id)
    }
}
