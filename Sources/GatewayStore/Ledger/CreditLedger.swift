import GRDB
package import InferenceAPI
import Logging
import SQLiteStore
package import Signing
import Synchronization

/// The built-in settlement: an append-only, double-entry, hash-chained and signed ledger.
///
/// Memory is the authority while the gateway runs: a lock holds as soon as ``lock(_:)`` returns, without waiting for
/// the disk, and no request reads the database. Every decision joins the next group commit; what is acknowledged to
/// anybody (a settlement, a refund, a verdict) waits until that commit is durable, and the lock before it is in the
/// same or an earlier one. A crash before the commit leaves neither lock nor charge.
package final class CreditLedger: Sendable {
    private let core: Mutex<LedgerCore>
    let pool: DatabasePool
    private let group: GroupCommit
    private let webhooks: WebhookStore
    private let logger: Logger
    /// Waits before a commit that failed is tried again.
    private let pause: @Sendable (Duration) async -> Void

    /// Takes over the ledger that a database holds, and refunds what was locked when the last process ended.
    ///
    /// Returns once those refunds are durable: only then may the gateway serve.
    init(
        pool: DatabasePool,
        group: GroupCommit,
        webhooks: WebhookStore,
        identity: Identity,
        startedAt milliseconds: Int64,
        logger: Logger,
        pause: @escaping @Sendable (Duration) async -> Void
    ) async throws {
        let (state, budgets) = try await pool.read { database in
            (try LedgerState(loading: database), try KeyBudgets(loading: database))
        }
        core = Mutex(LedgerCore(state: state, budgets: budgets, identity: identity))
        self.pool = pool
        self.group = group
        self.webhooks = webhooks
        self.logger = logger
        self.pause = pause
        if !state.openLocks.isEmpty {
            logger.warning("refunding jobs that the last process left", metadata: ["jobs": "\(state.openLocks.count)"])
        }
        // A disk that is full now must fail the start, rather than keep it waiting.
        core.withLock { $0.journal.givesUp = true }
        for jobID in state.openLocks.keys.sorted(by: { $0.description < $1.description }) {
            _ = try decide { core throws(LedgerError) in
                try core.refund(
                    JobRefund(
                        jobID: jobID,
                        status: .refunded,
                        errorCode: "gateway_restarted",
                        message: "the gateway was restarted while the job ran; its credits went back",
                        at: milliseconds
                    )
                )
            }
        }
        try await stored(core.withLock { $0.journal.lastNumber })
        core.withLock { $0.journal.givesUp = false }
    }

    /// What a wallet has, decided up to now.
    package func balance(of wallet: Address) -> CreditBalance {
        core.withLock { $0.state.balance(of: wallet) }
    }

    /// What a wallet can spend now, through a key if it has one: the balance, or what the key's cap leaves.
    package func spendable(by wallet: Address, key: APIKey?) -> Int {
        core.withLock { $0.spendable(by: wallet, key: key) }
    }

    /// What memory knows of an idempotency key.
    func keyedJob(_ key: KeyedJobs.Key) -> KeyedJobs.OnFind {
        core.withLock { $0.keyedJobs.find(key) }
    }

    /// How many decisions are not on disk.
    package var waitingCount: Int { core.withLock { $0.journal.waiting.count } }

    /// Whether the last commit could be made, so that ``lock(_:)`` is possible.
    package var isAvailable: Bool { core.withLock { $0.journal.isOpen } }

    /// Sets the credits of a job aside, at once and in memory.
    ///
    /// - Throws: ``LedgerError``: `insufficientCredits`, `spendingCapReached`, `idempotencyKeyUsed`, `storeUnavailable`,
    ///   `invalid`. Nothing is locked then.
    package func lock(_ job: NewJob) throws(LedgerError) -> CreditLock {
        try decide { core throws(LedgerError) in try core.lock(job) }
    }

    /// Notes which worker runs a job; joins the next commit.
    package func accepted(_ acceptance: JobAcceptance) {
        perform { $0.accepted(acceptance) }
    }

    /// Ends a job with its receipt, once: a repetition gets the committed statement, the same bytes.
    ///
    /// Returns when the settlement, and the lock before it, are durable.
    ///
    /// - Throws: ``LedgerError``: `refundedBefore`, `settledBefore` (another worker was paid), `receiptRefused`,
    ///   `unknownJob`; `interrupted` if the caller's task was cancelled, and then the settlement stands nevertheless;
    ///   `storeUnavailable` if the disk had to be asked and could not, or the ledger was shut down.
    package func settle(_ settlement: JobSettlement) async throws(LedgerError) -> SettledJob {
        switch try decide({ core throws(LedgerError) in try core.settle(settlement) }) {
        case .decided(let job, let number):
            try await durable(number)
            return job
        case .lookUp:
            return try await committedSettlement(settlement.jobID, of: settlement.worker)
        }
    }

    /// Decides at once that a job ends without a receipt; its credits are free, and the refund joins the next commit.
    ///
    /// Nothing is done for a job that is not open: its end was decided before.
    ///
    /// - Throws: ``LedgerError``: `settledBefore`.
    package func decideRefund(_ refund: JobRefund) throws(LedgerError) {
        _ = try decide { core throws(LedgerError) in try core.refund(refund) }
    }

    /// Ends a job without a receipt, once: a repetition gets the committed refund.
    ///
    /// Returns when the refund, and the lock before it, are durable.
    ///
    /// - Throws: As ``settle(_:)``, with `settledBefore` if the job was settled.
    @discardableResult
    package func refund(_ refund: JobRefund) async throws(LedgerError) -> RefundedJob {
        switch try decide({ core throws(LedgerError) in try core.refund(refund) }) {
        case .decided(let job, let number):
            try await durable(number)
            return job
        case .lookUp:
            return try await committedRefund(refund.jobID)
        }
    }

    /// Keeps the refusal of a receipt, so that it is repeated, and returns the verdict that counts.
    ///
    /// The first verdict stays. A worker whose receipt for an open job was refused cannot settle that job any more.
    ///
    /// - Throws: ``LedgerError``: `storeUnavailable`, `interrupted`.
    @discardableResult
    package func refuse(_ refused: RefusedReceipt) async throws(LedgerError) -> ReceiptVerdict {
        if let number = perform({ $0.refuse(refused) }) { try await durable(number) }
        return try await verdict(on: refused.jobID, of: refused.worker)
    }

    /// What became of a worker's receipt for a job; an accepted or refused one is durable.
    ///
    /// - Throws: ``LedgerError``: `storeUnavailable`, `interrupted`.
    package func verdict(on jobID: JobID, of worker: Address) async throws(LedgerError) -> ReceiptVerdict {
        switch core.withLock({ $0.verdict(on: jobID, of: worker) }) {
        case .decided(let verdict, let number):
            try await durable(number)
            return verdict
        case .lookUp:
            return try await committedVerdict(on: jobID, of: worker)
        }
    }

    /// Gives credits to a wallet, and returns its balance once that is durable.
    ///
    /// - Parameters:
    ///   - credits: At least 1.
    ///   - wallet: Gets an account, if it has none.
    ///   - reference: A word of the operator's on why, which stays in the ledger.
    ///   - milliseconds: Unix time.
    /// - Returns: The wallet's balance.
    /// - Throws: ``LedgerError``: `invalid`, `storeUnavailable`, `interrupted`.
    package func grant(
        _ credits: Int,
        to wallet: Address,
        reference: String? = nil,
        at milliseconds: Int64
    ) async throws(LedgerError) -> CreditBalance {
        let (balance, number) = try decide { core throws(LedgerError) in
            try core.grant(credits, to: wallet, reference: reference, at: milliseconds)
        }
        try await durable(number)
        return balance
    }

    /// Returns once every decision up to now is durable.
    ///
    /// - Throws: ``LedgerError``: `storeUnavailable` once the ledger is shut down, `interrupted`.
    package func flush() async throws(LedgerError) {
        try await durable(core.withLock { $0.journal.lastNumber })
    }

    /// Takes no new locks, and returns once all is durable, or at the first commit that fails.
    package func shutDown() async {
        let abandoned = core.withLock { core in
            core.journal.givesUp = true
            // A pause before the next try may be long: nobody waits for it any more.
            return core.journal.abandoned()
        }
        for waiter in abandoned { waiter.finish(.failure(StoreError(.closed, "the ledger was shut down"))) }
        do {
            try await flush()
        } catch {
            logger.error(
                "the ledger's last decisions were not stored",
                metadata: ["changes": "\(waitingCount)", "error": "\(error)"]
            )
        }
    }

    // MARK: - The way to the disk

    /// Takes a decision under the lock, and starts a commit if none runs.
    private func decide<Outcome>(
        _ decision: (inout LedgerCore) throws(LedgerError) -> Outcome
    ) throws(LedgerError) -> Outcome {
        let (outcome, mustStart) = try core.withLock { core throws(LedgerError) in
            (try decision(&core), core.journal.mustStart())
        }
        if mustStart { startCommit() }
        return outcome
    }

    /// As ``decide(_:)``, for what cannot fail.
    private func perform<Outcome>(_ decision: (inout LedgerCore) -> Outcome) -> Outcome {
        let (outcome, mustStart) = core.withLock { core in (decision(&core), core.journal.mustStart()) }
        if mustStart { startCommit() }
        return outcome
    }

    private func startCommit() {
        group.enqueue(
            { [self] database in
                // Taken as late as can be: what was decided while the commit before synced goes with this one.
                let rows = LedgerRows(database, webhooks: webhooks.rows(in: database))
                try rows.store(core.withLock { $0.journal.takeGroup() })
            },
            completion: { [self] outcome in commitEnded(outcome) }
        )
    }

    private func commitEnded(_ outcome: Result<Void, any Error>) {
        switch outcome {
        case .success:
            let (waiters, mustStart) = core.withLock { core in (core.committed(), core.journal.mustStart()) }
            if mustStart { startCommit() }
            for waiter in waiters { waiter.finish(.success(())) }
            webhooks.committed()
        case .failure(let error):
            let failure = StoreError(error, path: pool.path)
            let (delay, abandoned) = core.withLock { core in
                (core.journal.failed(failure), core.journal.abandoned())
            }
            for waiter in abandoned { waiter.finish(.failure(failure)) }
            guard let delay else { return }
            logger.error(
                "the ledger cannot be written: new jobs are refused until it can",
                metadata: ["error": "\(failure)", "retry_in": "\(delay)"]
            )
            Task { [self] in
                await pause(delay)
                startCommit()
            }
        }
    }

    /// Returns once the change with this number, and so all before it, is on disk.
    private func durable(_ number: Int) async throws(LedgerError) {
        do {
            try await stored(number)
        } catch {
            throw LedgerError(error)
        }
    }

    /// As ``durable(_:)``, with the error as it came.
    private func stored(_ number: Int) async throws {
        let waiter = DurabilityWaiter()
        guard try core.withLock({ core throws(StoreError) in try core.journal.add(waiter, for: number) }) else {
            return
        }
        try await waiter.wait()
    }
}
