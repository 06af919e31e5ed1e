import GatewayStore
import InferenceAPI
import Signing

/// How credits are held and paid: the seam between jobs and money.
///
/// The built-in ledger is the default (``LedgerSettlement``). Whatever stands behind it, each lock ends in exactly one
/// of settled or refunded, also across crashes.
protocol Settlement: Sendable {
    /// What a wallet can spend and what is held.
    func balance(of wallet: Address) -> CreditBalance

    /// What a wallet can spend now, through a key if it has one.
    func spendable(by wallet: Address, key: APIKey?) -> Int

    /// Holds the credits of a job at once; nothing of the job is settled before the lock is durable.
    ///
    /// - Throws: ``LedgerError``, with `insufficientCredits`, `spendingCapReached`, `idempotencyKeyUsed` or
    ///   `storeUnavailable`; nothing is held then.
    func lock(_ job: NewJob) throws(LedgerError) -> CreditLock

    /// The job that a wallet's idempotency key, given by its digest, belongs to; `now` is Unix milliseconds.
    ///
    /// - Throws: ``LedgerError``: `storeUnavailable`, `interrupted`.
    func job(withKey key: Digest, of wallet: Address, at now: Int64) async throws(LedgerError) -> KeyedJob?

    /// Notes that a worker accepted the job; it joins the next commit.
    func processing(_ acceptance: JobAcceptance)

    /// Books a good receipt: charges the caller, pays the worker, gives the rest back.
    ///
    /// Returns once it is durable; the same receipt again gets the same answer.
    ///
    /// - Throws: ``LedgerError`` when the lock has ended otherwise before; what the disk says otherwise.
    func settle(_ settlement: JobSettlement) async throws -> SettledJob

    /// Gives a job's credits back at once; it joins the next commit.
    ///
    /// What the job held is free when this returns, its idempotency key too: whoever is told of the end afterwards can
    /// ask anew.
    ///
    /// - Throws: As ``settle(_:)``.
    func refund(_ refund: JobRefund) throws(LedgerError)

    /// Keeps the refusal of a receipt, and returns the verdict that counts: the first one stays.
    func refuse(_ receipt: RefusedReceipt) async throws -> ReceiptVerdict

    /// What was decided on a worker's receipt.
    func verdict(on id: JobID, worker: Address) async throws -> ReceiptVerdict

    /// The payouts of a worker after a sequence number, oldest first.
    func payouts(of worker: Address, after sequence: Int, limit: Int) async throws -> [PayoutRecord]

    /// Jobs that a worker accepted in a time, Unix milliseconds, the oldest first by id after `jobID`, at most `limit`;
    /// each with the number of its payout, if it has one.
    func acceptedJobs(
        of worker: Address,
        in times: Range<Int64>,
        after jobID: JobID?,
        limit: Int
    ) async throws -> [(job: JobRecord, payoutSequence: Int?)]

    /// Notes a worker for the network's records.
    func workerSeen(_ worker: Address, name: String, software: String, atMilliseconds: Int64)
}
