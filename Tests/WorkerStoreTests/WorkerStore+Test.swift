import Logging
import WorkerStore

extension WorkerStore {
    /// Opens the store of a test, silently.
    static func open(in directory: String, startedAt milliseconds: Int64 = 0) throws -> WorkerStore {
        try WorkerStore(
            path: directory + "/worker.sqlite",
            startedAt: milliseconds,
            logger: .silent
        )
    }
}

extension Logger {
    static let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
}

/// A store in a directory that goes away.
func withStore(_ body: (WorkerStore) async throws -> Void) async throws {
    try await withTemporaryDirectory { directory in
        let store = try WorkerStore.open(in: directory)
        try await body(store)
        await store.shutDown()
    }
}

extension StartedJob {
    static func sample(_ number: Int, network: String = "main", model: String = "tiny") -> StartedJob {
        StartedJob(
            key: JobKey(network: network, jobID: "job_\(1_000 + number)"),
            model: model,
            backend: "llama",
            requestID: "request-\(number)",
            creditsLocked: 10,
            shareBasisPoints: 7_500,
            escrowTransaction: "escrow-\(number)",
            acceptedAt: 1_750_000_000_000 + Int64(number)
        )
    }
}

extension FinishedJob {
    static func sample(_ job: StartedJob) -> FinishedJob {
        FinishedJob(
            job: job,
            promptTokens: 5,
            completionTokens: 7,
            usageSource: "backend",
            firstTokenAt: job.acceptedAt + 1,
            finishedAt: job.acceptedAt + 2,
            proofHash: "sha256:00",
            expectedMicroUSDC: 60_000,
            offer: Array(#"{"offer":true}"#.utf8),
            receipt: Array(#"{"receipt":"\#(job.key.jobID)"}"#.utf8)
        )
    }
}

extension AcceptedReceipt {
    static func sample(_ job: StartedJob, settledAt: Int64? = nil) -> AcceptedReceipt {
        AcceptedReceipt(
            key: job.key,
            statement: Array(#"{"statement":true}"#.utf8),
            settlementTransaction: "settlement",
            credits: 8,
            microUSDC: 60_000,
            settledAt: settledAt ?? job.acceptedAt + 3
        )
    }
}
