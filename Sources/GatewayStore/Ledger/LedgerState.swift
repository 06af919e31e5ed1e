import InferenceAPI
import Receipts
import Signing

/// What the entries of a ledger add up to: balances, open locks, payout numbers and the end of the chain.
///
/// The one place that says what an entry does. The gateway applies each entry that it signs, and an audit applies
/// those that it reads, so that the two cannot differ.
struct LedgerState: Sendable, Equatable {
    /// The last entry.
    struct Head: Sendable, Equatable {
        var sequence: Int
        var digest: Digest
    }

    /// Why an entry cannot follow those before it: a broken invariant in the gateway, a finding in an audit.
    struct Contradiction: Error, Equatable {
        var message: String
    }

    /// What an entry did.
    struct Booking: Sendable, Equatable {
        /// Whose credits it moved.
        var wallet: Address
        var postings: [LedgerPosting]
        /// What the wallet has afterwards.
        var balance: CreditBalance
        /// The number of the worker's payout, if a settlement pays one.
        var payoutSequence: Int?
    }

    private(set) var balances: [Address: CreditBalance] = [:]
    private(set) var openLocks: [JobID: OpenLock] = [:]
    /// The number of the last payout of each worker.
    private(set) var payoutSequences: [Address: Int] = [:]
    /// nil before the first entry.
    private(set) var head: Head?

    init() {}

    /// The state that a database holds.
    init(
        balances: [Address: CreditBalance],
        openLocks: [JobID: OpenLock],
        payoutSequences: [Address: Int],
        head: Head?
    ) {
        self.balances = balances
        self.openLocks = openLocks
        self.payoutSequences = payoutSequences
        self.head = head
    }

    func balance(of wallet: Address) -> CreditBalance { balances[wallet] ?? CreditBalance() }

    /// Where the credits of a lock would come from: granted ones are spent first.
    ///
    /// - Throws: ``LedgerError/Code/insufficientCredits(balance:required:)``.
    func split(_ credits: Int, of wallet: Address) throws(LedgerError) -> CreditSplit {
        let balance = balance(of: wallet)
        guard credits <= balance.available else {
            throw LedgerError(
                .insufficientCredits(balance: balance.available, required: credits),
                "the wallet has \(balance.available) credits, and the job needs \(credits)"
            )
        }
        return CreditSplit(granted: balance.granted, deposited: balance.deposited).taking(credits).taken
    }

    /// The entry that comes next with this event.
    func nextEntry(_ event: LedgerEntry.Event, network: Address, at milliseconds: Int64) -> LedgerEntry {
        LedgerEntry(
            network: network,
            sequence: (head?.sequence ?? 0) + 1,
            previous: head?.digest,
            atMS: milliseconds,
            event: event
        )
    }

    /// Notes that the receipt of a worker for an open job was refused.
    mutating func receiptRefused(_ jobID: JobID, worker: Address) {
        openLocks[jobID]?.refusedWorkers.insert(worker)
    }

    /// Keeps the price of an open job, which its entry does not state.
    mutating func priced(_ jobID: JobID, by rule: ChargeRule) {
        openLocks[jobID]?.rule = rule
    }

    /// Takes the next entry; nothing changes if it cannot follow.
    ///
    /// - Parameters:
    ///   - entry: The entry, its signature verified or just made.
    ///   - digest: Of its payload.
    ///   - signature: Of its payload, which the end of a lock names.
    /// - Returns: What it did.
    /// - Throws: ``Contradiction``.
    mutating func apply(
        _ entry: LedgerEntry,
        digest: Digest,
        signature: Signature
    ) throws(Contradiction) -> Booking {
        guard entry.sequence == (head?.sequence ?? 0) + 1 else {
            throw Contradiction(message: "the entry before has the number \(head?.sequence ?? 0)")
        }
        guard entry.previous == head?.digest else {
            throw Contradiction(message: "its previous digest is not that of the entry before")
        }
        let booking =
            switch entry.event {
            case .grant(let funding): fund(funding, \.granted, postings: .grant(funding.credits, to: funding.account))
            case .deposit(let funding):
                fund(funding, \.deposited, postings: .deposit(funding.credits, to: funding.account))
            case .lock(let lock): try open(lock, escrowTx: signature)
            case .settle(let settlement): try settle(settlement)
            case .refund(let refund): try giveBack(refund)
            }
        head = Head(sequence: entry.sequence, digest: digest)
        return booking
    }

    private mutating func fund(
        _ funding: LedgerEntry.Funding,
        _ kind: WritableKeyPath<CreditBalance, Int>,
        postings: [LedgerPosting]
    ) -> Booking {
        var balance = balance(of: funding.account)
        balance[keyPath: kind] += funding.credits
        balances[funding.account] = balance
        return Booking(wallet: funding.account, postings: postings, balance: balance)
    }

    private mutating func open(_ lock: LedgerEntry.Lock, escrowTx: Signature) throws(Contradiction) -> Booking {
        let credits = CreditSplit(
            granted: lock.creditsFromGranted,
            deposited: lock.creditsLocked - lock.creditsFromGranted
        )
        var balance = balance(of: lock.account)
        guard openLocks[lock.jobID] == nil else {
            throw Contradiction(message: "\(lock.jobID) has a lock already")
        }
        guard credits.granted <= balance.granted, credits.deposited <= balance.deposited else {
            throw Contradiction(message: "\(lock.jobID) locks more than its wallet has")
        }
        balance.granted -= credits.granted
        balance.deposited -= credits.deposited
        balance.locked += credits.total
        balances[lock.account] = balance
        openLocks[lock.jobID] = OpenLock(wallet: lock.account, credits: credits, escrowTx: escrowTx)
        return Booking(
            wallet: lock.account,
            postings: .lock(credits, of: lock.account, for: lock.jobID),
            balance: balance
        )
    }

    private mutating func settle(_ settlement: LedgerEntry.Settlement) throws(Contradiction) -> Booking {
        let lock = try openLock(settlement.jobID, of: settlement.amounts.creditsLocked, settlement.escrowTx)
        let (charged, rest) = lock.credits.taking(settlement.amounts.creditsCharged)
        let balance = release(settlement.jobID, lock, rest: rest, spent: charged.total)
        var payoutSequence: Int?
        if settlement.amounts.workerMicroUSDC > 0 {
            let sequence = (payoutSequences[settlement.worker] ?? 0) + 1
            payoutSequences[settlement.worker] = sequence
            payoutSequence = sequence
        }
        return Booking(
            wallet: lock.wallet,
            postings: .settle(settlement, refunding: rest, to: lock.wallet),
            balance: balance,
            payoutSequence: payoutSequence
        )
    }

    private mutating func giveBack(_ refund: LedgerEntry.Refund) throws(Contradiction) -> Booking {
        let lock = try openLock(refund.jobID, of: refund.creditsRefunded, refund.escrowTx)
        let balance = release(refund.jobID, lock, rest: lock.credits, spent: 0)
        return Booking(
            wallet: lock.wallet,
            postings: .refund(lock.credits, to: lock.wallet, for: refund.jobID),
            balance: balance
        )
    }

    /// The lock that an entry ends, if the entry speaks of the lock as it is.
    private func openLock(
        _ jobID: JobID,
        of credits: Int,
        _ escrowTx: Signature
    ) throws(Contradiction) -> OpenLock {
        guard let lock = openLocks[jobID] else { throw Contradiction(message: "\(jobID) has no lock to end") }
        guard lock.credits.total == credits else {
            throw Contradiction(message: "\(jobID) locked \(lock.credits.total) credits, and \(credits) are ended")
        }
        guard lock.escrowTx == escrowTx else {
            throw Contradiction(message: "its escrow_tx is not the signature of the lock of \(jobID)")
        }
        return lock
    }

    private mutating func release(_ jobID: JobID, _ lock: OpenLock, rest: CreditSplit, spent: Int) -> CreditBalance {
        var balance = balance(of: lock.wallet)
        balance.locked -= lock.credits.total
        balance.granted += rest.granted
        balance.deposited += rest.deposited
        balance.spent += spent
        balances[lock.wallet] = balance
        openLocks[jobID] = nil
        return balance
    }
}
