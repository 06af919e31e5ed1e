import InferenceAPI
import Receipts
import Signing

/// Every decision of the ledger, as a value: what may be locked, and how a lock ends.
///
/// Memory decides at once; the journal takes each decision to the disk in the same order. A lock leaves `openLocks`
/// with the first decision on its end, so there is never a second.
struct LedgerCore: Sendable {
    /// The end of a job that is decided and not yet on disk.
    enum Ending: Sendable {
        case settled(SettledJob, worker: Address, number: Int)
        case refunded(RefundedJob, number: Int)
    }

    /// What the end of a job is.
    enum OnEnd<Job: Sendable>: Sendable {
        /// Tell the caller once the change with this number is on disk.
        case decided(Job, number: Int)
        /// It is not in memory: if it ever was, its end is on disk.
        case lookUp
    }

    private(set) var state: LedgerState
    var journal = LedgerJournal()
    private(set) var endings: [JobID: Ending] = [:]
    private var budgets: KeyBudgets
    private(set) var keyedJobs = KeyedJobs()
    private let identity: Identity

    init(state: LedgerState, budgets: KeyBudgets = KeyBudgets(), identity: Identity) {
        self.state = state
        self.budgets = budgets
        self.identity = identity
    }

    /// Adds credits to a wallet.
    ///
    /// - Returns: The balance, and the number of the change.
    /// - Throws: `invalid` for less than one credit or more than a document can state; `storeUnavailable`.
    mutating func grant(
        _ credits: Int,
        to wallet: Address,
        reference: String?,
        at milliseconds: Int64
    ) throws(LedgerError) -> (balance: CreditBalance, number: Int) {
        let room = Amounts.largestCredits - state.balance(of: wallet).available
        guard credits > 0, credits <= room else {
            throw LedgerError(.invalid, "a grant has from 1 to \(room) credits, not \(credits)")
        }
        try checkJournal()
        let funding = LedgerEntry.Funding(account: wallet, credits: credits, reference: reference)
        let booked = state.book(.grant(funding), at: milliseconds, by: identity)
        return (booked.booking.balance, journal.append(.funding(booked)))
    }

    /// What a wallet can spend now, through a key if it has one: the balance, or what the key's cap leaves.
    func spendable(by wallet: Address, key: APIKey?) -> Int {
        let available = state.balance(of: wallet).available
        guard let key, let cap = key.spendingCap else { return available }
        return min(available, budgets.left(of: key.keyID, cap: cap))
    }

    /// Sets the credits of a job aside.
    ///
    /// - Throws: `insufficientCredits`, `spendingCapReached`, `idempotencyKeyUsed`, `storeUnavailable`, `invalid`.
    mutating func lock(_ job: NewJob) throws(LedgerError) -> CreditLock {
        let credits: Int
        do {
            credits = try job.rule.lock(maxOutputTokens: job.maxOutputTokens)
        } catch {
            throw LedgerError(.invalid, error.message)
        }
        // Only a test locks nothing: its entries stand in the chain like any other's, and have no postings.
        guard (credits > 0) != job.isTest, state.openLocks[job.jobID] == nil, endings[job.jobID] == nil else {
            throw LedgerError(.invalid, "\(job.jobID) locks \(credits) credits, or is there already")
        }
        try checkJournal()
        let key = job.idempotencyKey.map { KeyedJobs.Key(wallet: job.wallet, sha256: $0.sha256) }
        if let key, case .belongs(let other) = keyedJobs.find(key) {
            throw LedgerError(.idempotencyKeyUsed(other.jobID), "the idempotency key belongs to \(other.jobID)")
        }
        let split = try state.split(credits, of: job.wallet)
        if let keyID = job.keyID, let cap = job.spendingCap {
            try budgets.hold(credits, for: job.jobID, keyID: keyID, cap: cap)
        }
        let lock = LedgerEntry.Lock(
            jobID: job.jobID,
            account: job.wallet,
            model: job.model,
            creditsLocked: credits,
            creditsFromGranted: split.granted
        )
        let booked = state.book(.lock(lock), at: job.createdAt, by: identity)
        state.priced(job.jobID, by: job.rule)
        if let key, let given = job.idempotencyKey {
            keyedJobs.locked(KeyedJob(jobID: job.jobID, requestSHA256: given.requestSHA256), key: key)
        }
        journal.append(.lock(booked, job, split))
        return CreditLock(
            jobID: job.jobID,
            credits: credits,
            escrowTx: booked.signature,
            sequence: booked.entry.sequence,
            balance: booked.booking.balance
        )
    }

    /// Notes who runs a job, if it is open.
    mutating func accepted(_ acceptance: JobAcceptance) {
        guard let lock = state.openLocks[acceptance.jobID] else { return }
        journal.append(.processing(acceptance, wallet: lock.wallet))
    }

    /// Ends a job with its receipt: the charge is divided, and the rest goes back.
    ///
    /// - Throws: `refundedBefore`, `settledBefore` (for another worker), `receiptRefused`, `invalid`.
    mutating func settle(_ settlement: JobSettlement) throws(LedgerError) -> OnEnd<SettledJob> {
        let jobID = settlement.jobID
        guard let lock = state.openLocks[jobID] else {
            switch endings[jobID] {
            case .settled(let job, settlement.worker, let number): return .decided(job, number: number)
            case .settled: throw .settledBefore(jobID)
            case .refunded: throw .refundedBefore(jobID)
            case nil: return .lookUp
            }
        }
        guard !lock.refusedWorkers.contains(settlement.worker) else {
            throw LedgerError(.receiptRefused, "the receipt of \(settlement.worker) for \(jobID) was refused before")
        }
        let amounts = try amounts(of: settlement, lock)
        let event = LedgerEntry.Settlement(
            jobID: jobID,
            proofHash: settlement.proofHash,
            worker: settlement.worker,
            payoutAddress: settlement.payoutAddress,
            amounts: amounts,
            escrowTx: lock.escrowTx
        )
        let booked = state.book(.settle(event), at: settlement.completedAt, by: identity)
        budgets.ended(jobID, charged: amounts.creditsCharged)
        let job = SettledJob(booked, settlement: settlement, amounts: amounts)
        let number = journal.append(.settle(booked, settlement, job))
        endings[jobID] = .settled(job, worker: settlement.worker, number: number)
        return .decided(job, number: number)
    }

    /// Ends a job without a receipt: all of its credits go back.
    ///
    /// - Throws: `settledBefore`.
    mutating func refund(_ refund: JobRefund) throws(LedgerError) -> OnEnd<RefundedJob> {
        guard let lock = state.openLocks[refund.jobID] else {
            switch endings[refund.jobID] {
            case .settled: throw .settledBefore(refund.jobID)
            case .refunded(let job, let number): return .decided(job, number: number)
            case nil: return .lookUp
            }
        }
        let event = LedgerEntry.Refund(
            jobID: refund.jobID,
            creditsRefunded: lock.credits.total,
            reason: refund.errorCode,
            escrowTx: lock.escrowTx
        )
        let booked = state.book(.refund(event), at: refund.at, by: identity)
        budgets.ended(refund.jobID, charged: 0)
        keyedJobs.refunded(refund.jobID)
        let job = RefundedJob(
            jobID: refund.jobID,
            creditsRefunded: lock.credits.total,
            refundTx: booked.transaction,
            slot: booked.entry.sequence,
            balance: booked.booking.balance
        )
        let number = journal.append(.refund(booked, refund, job))
        endings[refund.jobID] = .refunded(job, number: number)
        return .decided(job, number: number)
    }

    /// Notes that a receipt was refused.
    ///
    /// - Returns: The number of the change; nil if the worker's receipt for the job was accepted.
    mutating func refuse(_ refused: RefusedReceipt) -> Int? {
        if case .settled(_, refused.worker, _) = endings[refused.jobID] { return nil }
        state.receiptRefused(refused.jobID, worker: refused.worker)
        return journal.append(.refusal(refused))
    }

    /// What memory knows of a receipt; nil if the disk must be asked.
    func verdict(on jobID: JobID, of worker: Address) -> OnEnd<ReceiptVerdict> {
        if let lock = state.openLocks[jobID] {
            // A refusal is on disk, or in front of the reader in the journal.
            return lock.refusedWorkers.contains(worker) ? .lookUp : .decided(.undecided, number: 0)
        }
        switch endings[jobID] {
        case .settled(let job, worker, let number): return .decided(.accepted(statement: job.statement), number: number)
        case .settled(_, _, let number), .refunded(_, let number): return .decided(.lost, number: number)
        case nil: return .lookUp
        }
    }

    /// The commit is durable: what it ended can be read from the disk.
    mutating func committed() -> [DurabilityWaiter] {
        let (stored, waiters) = journal.committed()
        for jobID in stored.compactMap(\.endedJobID) {
            endings[jobID] = nil
            keyedJobs.stored(jobID)
        }
        return waiters
    }

    private func checkJournal() throws(LedgerError) {
        guard journal.isOpen else {
            throw LedgerError(.storeUnavailable, "the ledger cannot be written now; try again")
        }
    }

    /// The charge of a settlement, at most what was locked for it.
    private func amounts(of settlement: JobSettlement, _ lock: OpenLock) throws(LedgerError) -> SettlementAmounts {
        guard let rule = lock.rule else {
            preconditionFailure("\(settlement.jobID) was open before the start, and was not refunded at it")
        }
        do {
            let charge = try rule.charge(for: settlement.usage)
            return try SettlementAmounts(
                creditsLocked: lock.credits.total,
                creditsCharged: min(charge, lock.credits.total),
                shareBPS: settlement.shareBPS
            )
        } catch {
            throw LedgerError(.invalid, error.message)
        }
    }
}

extension LedgerError {
    static func settledBefore(_ jobID: JobID) -> LedgerError {
        LedgerError(.settledBefore, "\(jobID) was settled before")
    }

    static func refundedBefore(_ jobID: JobID) -> LedgerError {
        LedgerError(.refundedBefore, "\(jobID) was refunded before")
    }
}

extension SettledJob {
    fileprivate init(_ booked: BookedEntry, settlement: JobSettlement, amounts: SettlementAmounts) {
        let payout = booked.booking.payoutSequence.map { sequence in
            PayoutRecord(
                worker: settlement.worker.description,
                sequence: sequence,
                jobID: settlement.jobID.description,
                payoutAddress: settlement.payoutAddress.description,
                amountMicroUSDC: amounts.workerMicroUSDC,
                transaction: booked.transaction,
                slot: booked.entry.sequence,
                state: .credited,
                createdAt: settlement.completedAt
            )
        }
        self.init(
            jobID: settlement.jobID,
            statement: booked.envelope.encoded,
            settlementTx: booked.transaction,
            slot: booked.entry.sequence,
            amounts: amounts,
            payout: payout,
            balance: booked.booking.balance
        )
    }
}
