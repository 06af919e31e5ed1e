import SQLiteStore
import WorkerStore

/// Looks whether the database opens and is whole.
struct DatabaseCheck: DoctorCheck {
    let path: String
    let name = "database"
    /// A quick check reads every page.
    let timeLimit: Duration = .seconds(120)

    func examine() async -> [DoctorFinding] {
        do throws(StoreError) {
            let history = try WorkerHistory(path: path)
            let problems = try await history.integrityProblems()
            let totals = try await history.totals()
            guard problems.isEmpty else {
                return [
                    .fault(
                        name,
                        "\(path) is damaged: \(problems.joined(separator: "; "))",
                        remedy: "stop the daemon, keep a copy of the file, and restore a backup"
                    )
                ]
            }
            let jobs = totals.settled + totals.failed + totals.unpaid + totals.cancelled + totals.finished
            return [.ok(name, "\(path) is whole: \(jobs) jobs")]
        } catch {
            return [verdict(on: error)]
        }
    }

    func verdict(on error: StoreError) -> DoctorFinding {
        switch error.code {
        case .missing:
            .warning(name, error.message, remedy: "the daemon makes it at its first start")
        case .olderVersion:
            .warning(name, error.message, remedy: "start the daemon once")
        case .permission:
            .fault(name, error.message, remedy: "run doctor with sudo, or as a member of the group that owns it")
        case .newerVersion:
            .fault(name, error.message, remedy: "install the version again that wrote it")
        case .wrongDatabase:
            .fault(name, error.message, remedy: "name another state_directory, or move the file away")
        case .damaged:
            .fault(name, error.message, remedy: "stop the daemon, keep a copy of the file, and restore a backup")
        default:
            .fault(name, error.message, remedy: "look at the disk and the kernel's log: journalctl -k")
        }
    }
}
