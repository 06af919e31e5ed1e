import Glibc
import Operations

/// Looks whether the state directory is there, closed to others, and its owner's with all that is in it.
struct StateDirectoryCheck: DoctorCheck {
    let path: String
    let name = "state directory"

    func examine() async -> [DoctorFinding] {
        let path = path
        return await blocking {
            let files = ["worker.sqlite", "worker.sqlite-wal", "worker.sqlite-shm", "identity.json", "lock"]
            let contents = files.compactMap { file in FileFacts(path: "\(path)/\(file)").map { (file, $0) } }
            return [verdict(on: FileFacts(path: path), contents: contents, user: geteuid())]
        }
    }

    func verdict(on facts: FileFacts?, contents: [(name: String, facts: FileFacts)], user: uid_t) -> DoctorFinding {
        guard let facts else {
            return .fault(
                name,
                "\(path) cannot be looked at: \(String(cString: strerror(errno)))",
                remedy: "`\(WorkerDaemon.program) init` makes it; if it is there, run doctor with sudo"
            )
        }
        guard facts.isDirectory else {
            return .fault(name, "\(path) is not a directory", remedy: "move it away, or name another state_directory")
        }
        if facts.mode & 0o002 != 0 {
            return .fault(name, "\(path) can be written by everyone", remedy: "chmod 0750 \(path)")
        }
        guard facts.mode & 0o300 == 0o300 else {
            return .fault(name, "\(path) cannot be written by its owner", remedy: "chmod 0750 \(path)")
        }
        if let stranger = contents.first(where: { $0.facts.owner != facts.owner }) {
            return .fault(
                name,
                "\(path)/\(stranger.name) belongs to the user \(stranger.facts.owner), the directory to \(facts.owner)",
                remedy: "chown --reference=\(path) \(path)/*"
            )
        }
        if facts.mode & 0o005 != 0 {
            return .warning(name, "\(path) can be read by everyone", remedy: "chmod 0750 \(path)")
        }
        let whose = facts.owner == user ? "this user's" : "that of the user \(facts.owner)"
        return .ok(name, "\(path) is \(whose), mode \(String(facts.mode, radix: 8))")
    }
}
