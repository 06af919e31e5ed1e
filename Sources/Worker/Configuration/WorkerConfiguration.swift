package import Operations

/// What `worker.toml` says, checked as a whole.
///
/// Nested like the file; each key is described where it is read, and `worker.toml.example` explains all of them.
package struct WorkerConfiguration: Sendable {
    /// Where the file is looked for when no `--config` names another.
    package static let defaultPath = "/etc/decentral/worker.toml"

    /// What it was read from.
    let file: ConfigurationFile
    package var worker: WorkerSection
    package var status: StatusSection
    package var log: LogSection
    package var schedule: ScheduleSection
    /// May be empty: a worker without a network runs, and its status says what is missing.
    package var networks: [NetworkSection]
    package var backends: [BackendSection]
    package var models: [ModelSection]

    /// Reads and checks a file.
    ///
    /// - Throws: ``ConfigurationError`` with every problem that was found: file, line, key, what stands there and what
    ///   may stand there.
    package init(path: String) throws {
        try self.init(ConfigurationFile(path: path))
    }

    /// Checks a file that was read.
    ///
    /// - Throws: As ``init(path:)``.
    package init(_ file: ConfigurationFile) throws {
        var root = file.root
        var problems = ConfigurationProblems()
        var known = KnownNames()
        let worker = try problems.collect { try root.table("worker") { try WorkerSection(&$0) } }
        let status = try problems.collect { try root.table("status") { try StatusSection(&$0) } }
        let log = try problems.collect { try root.table("log") { try LogSection(&$0) } }
        let schedule = try problems.collect { try root.table("schedule") { try ScheduleSection(&$0) } }
        let networks = try problems.collect {
            try root.tables("network") { try NetworkSection(&$0, known: &known) }
        }
        let backends = try problems.collect {
            try root.tables("backend") { try BackendSection(&$0, known: &known) }
        }
        let models = try problems.collect {
            // With a faulty backend section its name is not known either; one problem is then told once.
            try root.tables("model") { try ModelSection(&$0, known: &known, checksBackend: backends != nil) }
        }
        try problems.collect { try root.finish() }
        guard problems.isEmpty, let worker, let status, let log, let schedule, let networks, let backends, let models
        else {
            throw problems.error
        }
        self.file = file
        self.worker = worker
        self.status = status
        self.log = log
        self.schedule = schedule
        self.networks = networks
        self.backends = backends
        self.models = models
    }

    /// Requests that a backend may get at once: the slots of all its models.
    package func slots(ofBackend name: String) -> Int {
        models.lazy.filter { $0.backend == name }.reduce(0) { $0 + $1.maxConcurrentJobs }
    }
}

/// Names that sections give, so that a repeated or missing one is told where it stands.
struct KnownNames {
    var networks: Set<String> = []
    var networkURLs: Set<String> = []
    var backends: Set<String> = []
    var models: Set<String> = []
}

extension ConfigurationTable {
    /// Refuses the value of `key` if it was taken before, and takes it.
    func claim(_ key: String, _ value: String, in taken: inout Set<String>) throws(ConfigurationError) {
        guard taken.insert(value).inserted else {
            throw error(key, expected: "a value that no other section has")
        }
    }
}
