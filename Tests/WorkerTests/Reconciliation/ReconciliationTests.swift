import InferenceAPI
import Testing
import WorkerProtocol
import WorkerStore

@testable import Worker

struct ReconciliationTests {
    private static func id(_ number: UInt64) -> String {
        JobID(milliseconds: 1_781_533_320_000, random: number).description
    }

    private func record(
        _ number: UInt64,
        _ status: WireRecordStatus = .settled,
        _ change: (inout WireJobRecord) -> Void = { _ in }
    ) -> WireJobRecord {
        .make {
            $0.jobID = Self.id(number)
            $0.status = status
            $0.creditsCharged = 2
            $0.workerMicroUsdc = 15_000
            $0.payoutSequence = number
            $0.proofHash = "sha256:aa"
            change(&$0)
        }
    }

    private func row(
        _ number: UInt64,
        _ status: JobStatus = .settled,
        _ change: (inout ReconciliationRow) -> Void = { _ in }
    ) -> ReconciliationRow {
        var row = ReconciliationRow(
            jobID: Self.id(number),
            status: status,
            credits: 2,
            microUSDC: 15_000,
            proofHash: "sha256:aa",
            acceptedAt: 1_781_533_320_000,
            payoutSequence: Int(number),
            payoutMicroUSDC: 15_000
        )
        change(&row)
        return row
    }

    private func page(_ jobs: [WireJobRecord], more: Bool = false) -> WireRecordPage {
        .make {
            $0.jobs = jobs
            $0.hasMore_p = more
        }
    }

    private func compare(_ records: [WireJobRecord], _ rows: [ReconciliationRow]) -> Reconciliation {
        var work = Reconciliation(since: 0, until: 1)
        let goesOn = work.compare(page(records), with: rows)
        #expect(!goesOn)
        return work
    }

    @Test func `two records that agree differ in nothing`() {
        let work = compare(
            [record(1), record(2, .refunded), record(3, .open)],
            [row(1), row(2, .failed), row(3, .running)]
        )
        #expect(work.differences.isEmpty && work.doubts.isEmpty)
        #expect(work.jobsCompared == 3)
    }

    @Test func `every kind of difference is found`() {
        let cases: [(WireJobRecord?, ReconciliationRow?, [ReconciliationDifference.Kind])] = [
            (record(1), nil, [.missingHere]),
            (nil, row(1), [.missingThere]),
            (nil, row(1, .finished), [.missingThere]),
            (record(1), row(1, .unpaid), [.settledThere]),
            (record(1), row(1, .finished), [.settledThere]),
            (record(1, .refunded), row(1), [.refundedThere]),
            (record(1) { $0.creditsCharged = 1 }, row(1), [.otherAmount]),
            (record(1) { $0.proofHash = "sha256:bb" }, row(1), [.otherProof]),
            (record(1), row(1) { ($0.payoutSequence, $0.payoutMicroUSDC) = (nil, nil) }, [.payoutMissing]),
            (record(1), row(1) { $0.payoutMicroUSDC = 14_000 }, [.otherPayout]),
            (record(1), row(1) { $0.payoutSequence = 9 }, [.otherPayout]),
            (record(1) { $0.workerMicroUsdc = 1 }, row(1), [.otherAmount, .otherPayout]),
        ]
        for (there, here, expected) in cases {
            let work = compare([there].compactMap { $0 }, [here].compactMap { $0 })
            #expect(work.differences.map(\.kind) == expected)
            #expect(work.differenceCount == expected.count)
            #expect(work.differences.allSatisfy { $0.jobID == Self.id(1) && !$0.message.isEmpty })
        }
    }

    @Test func `what came to nothing is missed by nobody`() {
        #expect(compare([], [row(1, .failed), row(2, .cancelled), row(3, .running)]).differences.isEmpty)
        #expect(compare([record(1, .refunded), record(2, .open)], []).differences.isEmpty)
        #expect(compare([record(1, .refunded)], [row(1, .unpaid)]).differences.isEmpty)
    }

    @Test func `payouts that the record does not bear out are doubted`() {
        let gone = compare([record(2, .refunded)], [row(1), row(2)])
        #expect(gone.doubts.map(\.sequence) == [2, 1])
        #expect(gone.doubts.allSatisfy { $0.state == .missing })
        let other = compare([record(1) { $0.payoutSequence = 7 }], [row(1)])
        #expect(other.doubts.map(\.sequence) == [1] && other.doubts.map(\.state) == [.mismatched])
        #expect(other.doubts[0].note == "the network's record has payout 7 of 15000 micro-USDC")
    }

    @Test func `a job that gave way for its age is not missing`() {
        var work = Reconciliation(since: 0, until: 1)
        _ = work.compare(page([record(1)]), with: [], removed: [Self.id(1)])
        #expect(work.differences.isEmpty)
    }

    @Test func `the next page follows the last job of this one`() throws {
        var work = Reconciliation(since: 5, until: 9)
        #expect(work.request(3).afterJobID.isEmpty)
        let first = page([record(1), record(2)], more: true)
        try work.check(first)
        let goesOn = work.compare(first, with: [row(1), row(2)])
        #expect(goesOn)
        let request = work.request(4)
        #expect(request.afterJobID == Self.id(2))
        #expect((request.request, request.sinceMs, request.untilMs) == (4, 5, 9))
    }

    @Test func `a record that would never end is refused`() throws {
        var work = Reconciliation(since: 0, until: 1)
        let first = page([record(5)], more: true)
        try work.check(first)
        _ = work.compare(first, with: [row(5)])
        let bad = [
            first,  // again
            page([record(7), record(6)]),
            page([], more: true),
            page([.make { $0.jobID = "job_none" }]),
            .make { $0.error = "the database is busy" },
        ]
        for page in bad {
            var copy = work
            #expect(throws: ReconciliationFailure.self) { try copy.check(page) }
        }
        var last: UInt64 = 5
        #expect(throws: ReconciliationFailure("the network's record has no end after 4096 pages")) {
            while true {
                last += 1
                let page = page([record(last)], more: true)
                try work.check(page)
                _ = work.compare(page, with: [row(last)])
            }
        }
    }

    @Test func `many differences are counted, and a thousand of them kept`() {
        var work = Reconciliation(since: 0, until: 1)
        for start in stride(from: UInt64(1), to: 1_201, by: 200) {
            _ = work.compare(page((start..<start + 200).map { record($0) }), with: [])
        }
        #expect(work.differenceCount == 1_200)
        #expect(work.differences.count == 1_000)
    }
}
