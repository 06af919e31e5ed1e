import Operations

/// Whether a backend may be put under load now, with the daemon beside it.
enum BenchmarkPermit: Sendable, Equatable {
    case go
    /// It may, but the figures may be off; the text says why.
    case warn(String)
    /// It must not.
    case refuse(String, hint: String)

    /// - Parameters:
    ///   - backend: Its name.
    ///   - isSupervised: Whether the daemon starts it itself.
    ///   - daemon: What is known of the daemon.
    init(backend: String, isSupervised: Bool, daemon: DaemonView) {
        switch daemon {
        case .down:
            self = .go
        case .silent(let why, let remedy) where isSupervised:
            self = .refuse("backend \(backend) may be running under the daemon: \(why)", hint: remedy)
        case .silent(let why, _):
            self = .warn("jobs may run on backend \(backend) meanwhile: \(why)")
        case .running where isSupervised:
            self = .refuse(
                "the daemon runs backend \(backend), and a second one beside it would not fit or would be slow",
                hint: "end the daemon when its jobs are done (`\(WorkerDaemon.program) drain`), and run this again"
            )
        case .running(let status):
            let jobs = status.models.filter { $0.backend == backend }.reduce(0) { $0 + $1.inFlight }
            if jobs > 0 {
                self = .refuse(
                    "\(HumanText.count(jobs, "job")) of the network run on backend \(backend)",
                    hint: "`\(WorkerDaemon.program) pause`, wait until they are done, measure, then `resume`"
                )
            } else if status.state == .ready {
                self = .warn("the daemon may get jobs for backend \(backend) meanwhile: `pause` it for true figures")
            } else {
                self = .go
            }
        }
    }
}
