import SQLiteStore
import Testing
import WorkerStore

struct WorkerStoreJobsTests {
    @Test func `a job that finished is pending until the gateway answers`() async throws {
        try await withStore { store in
            let job = StartedJob.sample(1)
            store.jobStarted(job)
            try await store.jobFinished(.sample(job))

            let record = try await store.history.job(job.key.jobID)
            #expect(record?.status == .finished)
            #expect(record?.promptTokens == 5)
            #expect(record?.completionTokens == 7)
            #expect(record?.firstTokenAt == job.acceptedAt + 1)
            #expect(record?.escrowTransaction == "escrow-1")
            let pending = try await store.history.pendingReceipts(network: "main", limit: 10)
            #expect(pending.map(\.envelope) == [FinishedJob.sample(job).receipt])
            #expect(try await store.history.pendingReceipts(network: "other", limit: 10).isEmpty)
        }
    }

    @Test func `a job whose start was never stored can still finish`() async throws {
        try await withStore { store in
            try await store.jobFinished(.sample(.sample(1)))
            #expect(try await store.history.job("job_1001")?.status == .finished)
        }
    }

    @Test func `a job that was lost and is offered again can finish, and one with a receipt stays as it is`()
        async throws
    {
        try await withStore { store in
            var job = StartedJob.sample(1)
            store.jobStarted(job)
            store.jobFailed(job, code: "worker_restarted", message: "the worker stopped", at: 5)
            job.escrowTransaction = "escrow-again"
            store.jobStarted(job)
            try await store.jobFinished(.sample(job))
            let record = try #require(try await store.history.job(job.key.jobID))
            #expect(record.status == .finished)
            #expect(record.errorCode == nil)
            #expect(record.escrowTransaction == "escrow-again")
            store.jobStarted(StartedJob.sample(1))
            #expect(try await store.receiptAccepted(.sample(job)))
            #expect(try await store.history.job(job.key.jobID)?.status == .settled)
        }
    }

    @Test func `a job finishes once`() async throws {
        try await withStore { store in
            let job = StartedJob.sample(1)
            try await store.jobFinished(.sample(job))
            let again = await #expect(throws: StoreError.self) { try await store.jobFinished(.sample(job)) }
            #expect(again?.code == .constraint)
            store.jobFailed(job, code: "backend_timeout", message: "late", at: 5)
            #expect(try await store.receiptAccepted(.sample(job)))
            #expect(try await store.history.job(job.key.jobID)?.status == .settled)
        }
    }

    @Test func `an accepted receipt settles the job, once`() async throws {
        try await withStore { store in
            let job = StartedJob.sample(1)
            try await store.jobFinished(.sample(job))
            #expect(try await store.receiptAccepted(.sample(job)))
            #expect(try await store.receiptAccepted(.sample(job)) == false)
            #expect(try await store.receiptRefused(job.key, reason: "job_lost", message: "", at: 9) == false)

            let record = try await store.history.job(job.key.jobID)
            #expect(record?.status == .settled)
            #expect(record?.credits == 8)
            #expect(record?.microUSDC == 60_000)
            let evidence = try #require(try await store.history.evidence(of: job.key))
            #expect(evidence.state == .accepted)
            #expect(evidence.offer == FinishedJob.sample(job).offer)
            #expect(evidence.receipt == FinishedJob.sample(job).receipt)
            #expect(evidence.statement == AcceptedReceipt.sample(job).statement)
            #expect(try await store.history.pendingReceipts(network: "main", limit: 10).isEmpty)
        }
    }

    @Test func `a refused receipt leaves the job unpaid with the reason, and a later statement pays it`() async throws {
        try await withStore { store in
            let job = StartedJob.sample(1)
            try await store.jobFinished(.sample(job))
            #expect(try await store.receiptRefused(job.key, reason: "output_mismatch", message: "differs", at: 9))
            let refused = try await store.history.job(job.key.jobID)
            #expect(refused?.status == .unpaid)
            #expect(refused?.errorCode == "output_mismatch")
            #expect(refused?.errorMessage == "differs")
            #expect(try await store.history.evidence(of: job.key)?.reason == "output_mismatch")

            #expect(try await store.receiptAccepted(.sample(job)))
            let settled = try await store.history.job(job.key.jobID)
            #expect(settled?.status == .settled)
            #expect(settled?.errorCode == nil)
        }
    }

    @Test func `a verdict on a job that this worker does not have changes nothing`() async throws {
        try await withStore { (store) async throws in
            #expect(try await store.receiptAccepted(.sample(.sample(1))) == false)
            #expect(try await store.history.job("job_1001") == nil)
        }
    }

    @Test func `failed and cancelled jobs keep their reason and have no receipt`() async throws {
        try await withStore { store in
            store.jobStarted(.sample(1))
            store.jobFailed(.sample(1), code: "backend_timeout", message: "said nothing for 30 s", at: 7)
            store.jobCancelled(.sample(2), code: "caller_gone", at: 8)
            try await store.jobFinished(.sample(.sample(3)))

            let jobs = try await store.history.jobs(limit: 10)
            #expect(jobs.map(\.status) == [.finished, .cancelled, .failed])
            #expect(jobs.map(\.errorCode) == [nil, "caller_gone", "backend_timeout"])
            #expect(try await store.history.evidence(of: StartedJob.sample(1).key) == nil)
        }
    }

    @Test func `two networks may use one job id`() async throws {
        try await withStore { store in
            try await store.jobFinished(.sample(.sample(1, network: "a")))
            try await store.jobFinished(.sample(.sample(1, network: "b")))
            _ = try await store.receiptAccepted(.sample(.sample(1, network: "b")))
            #expect(try await store.history.job("job_1001", network: "a")?.status == .finished)
            #expect(try await store.history.job("job_1001", network: "b")?.status == .settled)
        }
    }

    @Test func `jobs of a process that died are failed at the next start, and receipts stay pending`() async throws {
        try await withTemporaryDirectory { directory in
            let first = try WorkerStore.open(in: directory)
            first.jobStarted(.sample(1))
            try await first.jobFinished(.sample(.sample(2)))
            await first.shutDown()

            let second = try WorkerStore.open(in: directory, startedAt: 99)
            let jobs = try await second.history.jobs(limit: 10)
            #expect(jobs.map(\.status) == [.finished, .failed])
            #expect(jobs.last?.errorCode == "worker_restarted")
            #expect(jobs.last?.finishedAt == 99)
            let pending = try await second.history.pendingReceipts(network: "main", limit: 10)
            #expect(pending.map(\.envelope) == [FinishedJob.sample(.sample(2)).receipt])
            await second.shutDown()
        }
    }
}
