import InferenceAPI
import Operations
import Signing
import Testing
import WorkerStore

@testable import Worker

struct JobTallyTests {
    private func finished(_ model: String, firstTokenAt: Int64?, finishedAt: Int64) -> FinishedJob {
        FinishedJob(
            job: StartedJob(
                key: JobKey(network: "main", jobID: "job_1"),
                model: model,
                backend: "llama",
                requestID: "request",
                creditsLocked: 10,
                shareBasisPoints: 7_500,
                escrowTransaction: "escrow",
                acceptedAt: 1_000
            ),
            promptTokens: 5,
            completionTokens: 7,
            usageSource: "backend",
            firstTokenAt: firstTokenAt,
            finishedAt: finishedAt,
            proofHash: "sha256:00",
            expectedMicroUSDC: 60_000,
            offer: [],
            receipt: []
        )
    }

    @Test func `every offer is counted, and what became of it`() {
        var tally = JobTally()
        for _ in 1...4 { tally.record(.sample(.offered)) }
        tally.record(.sample(.accepted))
        tally.record(.sample(.refused(reason: "at_capacity")))
        tally.record(.sample(.refused(reason: "at_capacity")))
        tally.record(.sample(.refused(reason: "paused"), model: nil))
        tally.record(.sample(.lost(code: "backend_timeout")))
        #expect(tally.offers == 4)
        #expect(tally.refused == ["at_capacity": 2, "paused": 1])
        #expect(tally.models["a"]?.accepted == 1)
        #expect(tally.models["a"]?.lost == ["backend_timeout": 1])
    }

    @Test func `a finished job adds its tokens and its times to its model`() {
        var tally = JobTally()
        tally.finished(finished("a", firstTokenAt: 1_250, finishedAt: 3_000))
        tally.finished(finished("a", firstTokenAt: nil, finishedAt: 1_500))
        let model = tally.models["a"]
        #expect(model?.finished == 2)
        #expect(model?.promptTokens == 10)
        #expect(model?.completionTokens == 14)
        #expect(model?.timeToFirstToken.count == 1)
        #expect(model?.timeToFirstToken.sum == 0.25)
        #expect(model?.duration.count == 2)
        #expect(model?.duration.sum == 2.5)
    }
}

extension JobEvent {
    /// Something that happened to a job, on a network of which only the name matters.
    static func sample(_ kind: Kind, model: String? = "a") -> JobEvent {
        JobEvent(
            kind: kind,
            network: Identity.generate().address,
            jobID: JobID(milliseconds: 1, random: 1),
            model: model
        )
    }
}
