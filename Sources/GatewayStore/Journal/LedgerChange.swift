import InferenceAPI
import Receipts
import Signing

/// What the ledger has decided and not yet stored: rows to be, in the order of the decisions.
enum LedgerChange: Sendable {
    /// A grant or a deposit.
    case funding(BookedEntry)
    case lock(BookedEntry, NewJob, CreditSplit)
    case processing(JobAcceptance, wallet: Address)
    case settle(BookedEntry, JobSettlement, SettledJob)
    case refund(BookedEntry, JobRefund, RefundedJob)
    case refusal(RefusedReceipt)

    /// The job that it ends.
    var endedJobID: JobID? {
        switch self {
        case .settle(_, let settlement, _): settlement.jobID
        case .refund(_, let refund, _): refund.jobID
        case .funding, .lock, .processing, .refusal: nil
        }
    }

    var booked: BookedEntry? {
        switch self {
        case .funding(let booked): booked
        case .lock(let booked, _, _): booked
        case .settle(let booked, _, _): booked
        case .refund(let booked, _, _): booked
        case .processing, .refusal: nil
        }
    }
}
