import InferenceAPI
import Operations
import WorkerProtocol
import WorkerStore

/// Holds a network's record of this worker against this worker's own, page by page, as a value.
///
/// The two clocks of an acceptance differ by the time that a message travels, so jobs at the edges of the window are
/// missed by neither side: a job that the network names is looked up whatever its time, and one that it does not name
/// counts as missing only if it is well within the window.
struct Reconciliation: Sendable {
    /// How far from the window's edges a job must be to be missed, in milliseconds.
    static let margin: Int64 = 60_000
    /// Most differences that are kept; beyond it they are counted alone.
    static let keptDifferences = 1_000
    /// Most pages of one run: over a million jobs.
    static let pageLimit = 4_096

    /// The window, Unix milliseconds in the network's time.
    let since: Int64
    let until: Int64
    /// The last job of the page before.
    private(set) var after = ""
    private(set) var differences: [ReconciliationDifference] = []
    private(set) var differenceCount = 0
    private(set) var jobsCompared = 0
    /// Payouts here that the network's record does not bear out.
    private(set) var doubts: [(sequence: Int, state: PayoutState, note: String)] = []
    private var pages = 0

    init(since: Int64, until: Int64) {
        self.since = since
        self.until = until
    }

    /// What to ask for next.
    func request(_ number: UInt64) -> WireRecordRequest {
        .make {
            $0.request = number
            $0.sinceMs = since
            $0.untilMs = until
            $0.afterJobID = after
        }
    }

    /// Checks that a page can be used.
    ///
    /// - Throws: ``ReconciliationFailure`` if the network cannot say now, or sends what would never end.
    mutating func check(_ page: WireRecordPage) throws(ReconciliationFailure) {
        if !page.error.isEmpty { throw ReconciliationFailure("the network cannot say now: \(page.error)") }
        var last = after
        for job in page.jobs {
            guard JobID(job.jobID) != nil else {
                throw ReconciliationFailure("the network names a job id that is none")
            }
            guard job.jobID > last else {
                throw ReconciliationFailure("the network's record is not in the order of job ids")
            }
            last = job.jobID
        }
        pages += 1
        if page.hasMore_p {
            guard !page.jobs.isEmpty else { throw ReconciliationFailure("the network promises more and sends nothing") }
            guard pages < Self.pageLimit else {
                throw ReconciliationFailure("the network's record has no end after \(pages) pages")
            }
        }
    }

    /// Compares a checked page with the rows that ``WorkerHistory/reconciliationRows(network:named:after:upTo:since:until:)``
    /// gives for it.
    ///
    /// - Parameters:
    ///   - page: The network's.
    ///   - rows: This worker's.
    ///   - removed: Jobs on the page whose rows gave way for their age; their receipts are here.
    /// - Returns: Whether another page is to be asked for.
    mutating func compare(
        _ page: WireRecordPage,
        with rows: [ReconciliationRow],
        removed: Set<String> = []
    ) -> Bool {
        let own = Dictionary(rows.map { ($0.jobID, $0) }) { first, _ in first }
        var named = Set<String>()
        for record in page.jobs {
            named.insert(record.jobID)
            if removed.contains(record.jobID) { continue }
            jobsCompared += 1
            compare(record, with: own[record.jobID])
        }
        for row in rows where !named.contains(row.jobID) { missedThere(row) }
        if let last = page.jobs.last?.jobID { after = last }
        return page.hasMore_p
    }

    private mutating func missedThere(_ row: ReconciliationRow) {
        switch row.status {
        case .settled, .finished, .unpaid:
            jobsCompared += 1
            note(.missingThere, row.jobID, "it is \(row.status.rawValue) here, and the network has no record of it")
            if let sequence = row.payoutSequence {
                doubts.append((sequence, .missing, "the network has no record of the job"))
            }
        case .running, .failed, .cancelled:
            // Nothing is owed for it, and the network need not remember an attempt that came to nothing.
            break
        }
    }

    private mutating func compare(_ record: WireJobRecord, with row: ReconciliationRow?) {
        let id = record.jobID
        guard let row else {
            if record.status == .settled {
                note(.missingHere, id, "the network settled it with \(record.paid), and it is not known here")
            }
            return
        }
        switch record.status {
        case .settled:
            settled(record, row)
        case .refunded:
            guard row.status == .settled else { return }
            note(.refundedThere, id, "its statement is here, and the network says that it refunded it\(record.because)")
            if let sequence = row.payoutSequence {
                doubts.append((sequence, .missing, "the network says that it refunded the job"))
            }
        case .open, .unspecified, .UNRECOGNIZED:
            break
        }
    }

    private mutating func settled(_ record: WireJobRecord, _ row: ReconciliationRow) {
        let id = record.jobID
        guard row.status == .settled else {
            return note(
                .settledThere,
                id,
                "the network settled it with \(record.paid), and it is \(row.status.rawValue) here"
            )
        }
        if row.credits.map(UInt64.init(clamping:)) != record.creditsCharged
            || row.microUSDC.map(UInt64.init(clamping:)) != record.workerMicroUsdc
        {
            note(
                .otherAmount,
                id,
                "its statement says \(row.credits ?? 0) credits and \(row.microUSDC ?? 0) micro-USDC, the network's"
                    + " record \(record.paid)"
            )
        }
        if row.proofHash != record.proofHash {
            note(.otherProof, id, "the network's record names another receipt than the one here")
        }
        guard let sequence = row.payoutSequence else {
            if record.payoutSequence > 0 {
                note(
                    .payoutMissing,
                    id,
                    "the network says that payout \(record.payoutSequence) paid it: it is not here"
                )
            }
            return
        }
        let amount = row.payoutMicroUSDC ?? 0
        if UInt64(clamping: sequence) != record.payoutSequence || UInt64(clamping: amount) != record.workerMicroUsdc {
            let there = "payout \(record.payoutSequence) of \(record.workerMicroUsdc) micro-USDC"
            note(.otherPayout, id, "payout \(sequence) of \(amount) micro-USDC is here, and \(there) on the record")
            doubts.append((sequence, .mismatched, "the network's record has \(there)"))
        }
    }

    private mutating func note(_ kind: ReconciliationDifference.Kind, _ jobID: String, _ message: String) {
        differenceCount += 1
        guard differences.count < Self.keptDifferences else { return }
        differences.append(ReconciliationDifference(kind: kind, jobID: jobID, message: message))
    }
}

/// Why a network's record could not be compared; a sentence for people.
struct ReconciliationFailure: Error, Sendable, Equatable, CustomStringConvertible {
    var description: String

    init(_ description: String) {
        self.description = SafeText.line(description.prefix(500))
    }
}

extension WireJobRecord {
    fileprivate var paid: String { "\(creditsCharged) credits and \(workerMicroUsdc) micro-USDC" }
    fileprivate var because: String { reason.isEmpty ? "" : ", for \(SafeText.line(reason.prefix(64)))" }
}
