import GatewayStore
import Signing
import Testing

@testable import Gateway

@Suite struct ReputationBookTests {
    private let worker = Identity.generate().address
    private let other = Identity.generate().address
    private var live: [Address: Set<String>] { [worker: ["m"], other: ["m"]] }

    private func settle(
        _ book: inout ReputationBook,
        _ worker: Address,
        count: Int = 1,
        timeToFirstToken: Int? = 200,
        bytes: Int = 400,
        tokens: Int = 100,
        at now: Int64 = 0
    ) {
        for _ in 0..<count {
            book.accepted("m", by: worker, at: now)
            book.settled(
                "m",
                by: worker,
                timeToFirstToken: timeToFirstToken,
                outputBytes: bytes,
                completionTokens: tokens,
                at: now
            )
        }
    }

    @discardableResult
    private func fail(
        _ book: inout ReputationBook,
        _ worker: Address,
        _ fault: WorkerFault = .backendError,
        session: String = "s1",
        at now: Int64 = 0
    ) -> Bool {
        var random = SeededSource(seed: 1)
        return book.failed(
            .init(at: now, jobID: "job_a", model: "m", fault: fault),
            by: worker,
            sessionID: session,
            using: &random
        )
    }

    @Test func `the weights are those of the published reputation`() {
        #expect(ScoreParts(completion: 1, timeToFirstToken: 0, proof: 0, uptime: 0).score == 0.35)
        #expect(ScoreParts(completion: 0, timeToFirstToken: 1, proof: 0, uptime: 0).score == 0.30)
        #expect(ScoreParts(completion: 0, timeToFirstToken: 0, proof: 1, uptime: 0).score == 0.25)
        #expect(ScoreParts(completion: 0, timeToFirstToken: 0, proof: 0, uptime: 1).score == 0.10)
    }

    @Test func `a new worker starts at the median`() {
        var book = ReputationBook()
        settle(&book, other, count: 50)
        for number in 0..<50 { fail(&book, other, session: "s\(number)", at: Int64(number) * 4_000_000) }
        let now: Int64 = 200_000_000
        book.refresh(live: live, at: now)
        #expect(abs(book.medians.completion - 0.5) < 0.02)
        let parts = book.parts(of: worker, models: ["m"], at: now)
        #expect(parts.completion == book.medians.completion)
        #expect(parts.timeToFirstToken == 0.5)
        #expect(parts.proof == 1)
        #expect(book.score(of: Identity.generate().address, for: "m") >= 0)
    }

    @Test func `failures lower the completion rate and settlements raise it again`() {
        var book = ReputationBook()
        settle(&book, worker, count: 10)
        let before = book.parts(of: worker, models: ["m"], at: 0).completion
        fail(&book, worker)
        let after = book.parts(of: worker, models: ["m"], at: 0).completion
        settle(&book, worker, count: 10)
        let later = book.parts(of: worker, models: ["m"], at: 0).completion
        #expect(before == 1)
        #expect(after < before)
        #expect((after..<1).contains(later))
    }

    @Test func `the faster of two workers has the higher score`() {
        var book = ReputationBook()
        settle(&book, worker, count: 30, timeToFirstToken: 100)
        settle(&book, other, count: 30, timeToFirstToken: 400)
        book.refresh(live: live, at: 0)
        #expect(book.score(of: worker, for: "m") > book.score(of: other, for: "m"))
        #expect(book.bestScores["m"] == book.score(of: worker, for: "m"))
    }

    @Test func `a refused receipt lowers the proof rate`() {
        var book = ReputationBook()
        settle(&book, worker, count: 10)
        fail(&book, worker, .receiptRefused)
        #expect(book.parts(of: worker, models: ["m"], at: 0).proof < 1)
    }

    @Test(arguments: [(bytes: 100, isFar: true), (135, false), (1_190, false), (1_300, true)])
    func `bytes for each token far from the model's median lower the proof rate`(bytes: Int, isFar: Bool) {
        var book = ReputationBook()
        settle(&book, other, count: 20)
        settle(&book, worker, bytes: bytes)
        #expect((book.parts(of: worker, models: ["m"], at: 0).proof < 1) == isFar)
    }

    @Test func `a session that is lost with many jobs is one failure in a row`() {
        var book = ReputationBook()
        for _ in 0..<8 { fail(&book, worker, .lost, session: "s1") }
        #expect(book.verdict(on: worker, at: 0) == .open)
        #expect(book.workers[worker]?.failuresOfHour.count(at: 0) == 8)
        fail(&book, worker, .lost, session: "s2")
        let isSetAside = fail(&book, worker, .lost, session: "s3")
        #expect(isSetAside)
    }

    @Test func `accepting an offer ends a run of refusals`() {
        var book = ReputationBook()
        for _ in 1...3 { book.refused("m", by: worker, withFreeSlots: true, at: 0) }
        #expect(book.isPassedOver(worker, for: "m", at: 0))
        #expect(!book.isPassedOver(worker, for: "n", at: 0))
        book.accepted("m", by: worker, at: 1)
        #expect(!book.isPassedOver(worker, for: "m", at: 1))
    }

    @Test func `a full worker that refuses is not passed over`() {
        var book = ReputationBook()
        for _ in 1...9 { book.refused("m", by: worker, withFreeSlots: false, at: 0) }
        #expect(!book.isPassedOver(worker, for: "m", at: 0))
    }

    @Test func `an address that never had a job is forgotten with its session`() {
        var book = ReputationBook()
        book.sessionBegan(worker, at: 0)
        #expect(book.takeAll(at: 1).isEmpty)
        book.sessionEnded(worker, at: 2)
        #expect(book.workers.isEmpty)
        #expect(book.takeChanged(at: 3).isEmpty)
        book.sessionBegan(worker, at: 4)
        settle(&book, worker, count: 1, at: 5)
        book.sessionEnded(worker, at: 6)
        #expect(book.takeChanged(at: 7).keys.elementsEqual([worker]))
    }

    @Test func `what is kept and read again is the same reputation`() throws {
        var book = ReputationBook()
        book.sessionBegan(worker, at: 1_000)
        settle(&book, worker, count: 5, at: 2_000)
        for number in 0..<20 { fail(&book, worker, session: "s\(number)", at: 3_000 + Int64(number)) }
        let taken = book.takeChanged(at: 5_000)
        let nothing = book.takeChanged(at: 5_000)
        #expect(nothing.isEmpty)
        let kept = try #require(taken[worker])
        #expect(kept.failures.count == WorkerReputation.failuresKept)
        let record = ReputationRecord(kept, of: worker, at: 5_000)
        let restarted = ReputationBook([record], startedAt: 5_000, limits: .init())
        #expect(restarted.verdict(on: worker, at: 5_000) == book.verdict(on: worker, at: 5_000))
        #expect(restarted.workers[worker]?.breaker == kept.breaker)
        #expect(restarted.workers[worker]?.latencies == kept.latencies)
        #expect(restarted.workers[worker]?.failures == kept.failures)
        let before = book.parts(of: worker, models: ["m"], at: 6_000).completion
        let after = restarted.parts(of: worker, models: ["m"], at: 6_000).completion
        #expect(abs(before - after) < 1e-12)
    }
}
