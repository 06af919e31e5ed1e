import Operations
package import Signing

/// `[worker]`: who this worker is and where it keeps its things.
package struct WorkerSection: Sendable {
    /// For people: in announcements and in the status.
    package var name: String
    /// Absolute; holds `worker.sqlite`, `identity.json` and `lock`.
    package var stateDirectory: String
    /// Absolute.
    package var identityFile: String
    /// Who is paid; `nil`: the worker's own address.
    package var payoutAddress: Address?
    /// Jobs at once over all models; `nil`: as many as the models' slots.
    package var maxConcurrentJobs: Int?
    /// How long SIGTERM waits for running jobs.
    package var drainTimeout: Duration
    /// How long the database keeps a job that has ended; `nil`: for ever.
    package var keepJobs: Duration?

    /// The database that the state directory holds.
    package var databaseFile: String { "\(stateDirectory)/worker.sqlite" }

    /// There while the worker is paused by its operator.
    var pauseFlag: StateFlag { StateFlag(directory: stateDirectory, name: "paused") }

    init(_ table: inout ConfigurationTable) throws(ConfigurationError) {
        // name: string, 1 to 64 bytes, default "worker".
        name = try table.string("name", default: "worker")
        guard name.utf8.count <= 64 else { throw table.error("name", expected: "at most 64 bytes") }
        // state_directory: path, default /var/lib/decentral-worker. Made with mode 0750 if it is missing.
        stateDirectory = try table.path("state_directory", default: "/var/lib/decentral-worker")
        // identity_file: path, relative to state_directory, default identity.json. Made if it is missing.
        let identity = try table.string("identity_file", default: "identity.json")
        identityFile = identity.hasPrefix("/") ? identity : "\(stateDirectory)/\(identity)"
        // payout_address: base58 address, default the worker's own.
        payoutAddress = try table.optionalValue("payout_address", expected: "a base58 address of 32 bytes") {
            try Address(base58: $0)
        }
        // max_concurrent_jobs: integer, 1 to 65536, default: the sum of the models' slots.
        maxConcurrentJobs = try table.optionalInteger("max_concurrent_jobs", in: 1...65_536)
        // drain_timeout_seconds: integer, 0 to 3600 s, default 120: the longest that a job may take.
        drainTimeout = try table.seconds("drain_timeout_seconds", in: 0...3600, default: 120)
        // keep_jobs_days: integer, 0 to 36500 days, default 400: more than a year of accounts. 0 keeps all jobs.
        let days = try table.integer("keep_jobs_days", in: 0...36_500, default: 400)
        keepJobs = days == 0 ? nil : .seconds(days * 86_400)
    }
}
