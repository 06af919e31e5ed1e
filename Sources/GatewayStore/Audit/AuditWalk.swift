import GRDB
import InferenceAPI
import Receipts
import SQLiteStore
import Signing

/// One walk over a ledger, from its first entry to its last.
struct AuditWalk {
    let database: Database
    let signer: Address
    private(set) var audit = LedgerAudit()
    /// What the entries up to now add up to.
    private(set) var state = LedgerState()
    /// An entry did not follow from those before it: what comes after is checked by itself alone.
    private var isBroken = false
    private var sequence: Int?
    /// Rows that entries accounted for; there must be no others.
    var accountedRows: [String: Int] = [:]

    init(_ database: Database, signer: Address) {
        self.database = database
        self.signer = signer
    }

    mutating func run() throws {
        let entries = try Row.fetchCursor(database, sql: "SELECT * FROM ledger_entries ORDER BY sequence")
        while let row = try entries.next() {
            sequence = row["sequence"]
            audit.entryCount += 1
            try check(row)
        }
        sequence = nil
        guard !isBroken else { return }
        try checkEnd()
    }

    /// Reports what was found unless it is what was expected.
    mutating func expect<Value: Equatable>(_ name: String, _ found: Value?, _ expected: Value?) {
        guard found != expected else { return }
        report("\(name) is \(Self.text(found)), expected \(Self.text(expected))")
    }

    private mutating func expect(_ found: CreditBalance, _ expected: CreditBalance, of wallet: String) {
        expect("granted_credits of \(wallet)", found.granted, expected.granted)
        expect("deposited_credits of \(wallet)", found.deposited, expected.deposited)
        expect("locked_credits of \(wallet)", found.locked, expected.locked)
        expect("spent_credits of \(wallet)", found.spent, expected.spent)
    }

    mutating func report(_ message: String) {
        audit.report(message, at: sequence)
    }

    private static func text<Value>(_ value: Value?) -> String {
        value.map { "\($0)" } ?? "nothing"
    }

    /// Checks an entry by itself, then against those before it, then the rows that repeat it.
    private mutating func check(_ row: Row) throws {
        let payload = Array((row["payload"] as String).utf8)
        let digest = Digest.sha256(payload)
        expect("the digest", row["digest"] as String?, digest.description)
        guard let signature = try? Signature(base58: row["signature"]) else {
            isBroken = true
            return report("the signature is not base58 of 64 bytes")
        }
        let signed = Envelope.preAuthenticationEncoding(type: LedgerEntry.payloadType, payload: payload)
        if !signer.verify(signature, of: signed) { report("the signature is not \(signer)'s over the payload") }
        let entry: LedgerEntry
        do {
            entry = try LedgerEntry(payload: payload)
        } catch {
            isBroken = true
            return report("the payload is not that of an entry: \(error)")
        }
        checkColumns(of: row, entry)
        guard !isBroken else { return }
        let lock = entry.event.jobID.flatMap { state.openLocks[$0] }
        let booking: LedgerState.Booking
        do {
            booking = try state.apply(entry, digest: digest, signature: signature)
        } catch {
            isBroken = true
            return report("\(error.message); what follows is checked by itself alone")
        }
        expect("the wallet", row["wallet"] as String?, booking.wallet.description)
        try checkPostings(of: entry.sequence, booking.postings)
        try checkRows(of: entry, transaction: signature.base58, payload: payload, booking: booking, lock: lock)
    }

    private mutating func checkColumns(of row: Row, _ entry: LedgerEntry) {
        expect("the network", entry.network, signer)
        expect("the sequence", row["sequence"] as Int?, entry.sequence)
        expect("the kind", row["kind"] as String?, entry.event.kind.rawValue)
        expect("the job", row["job_id"] as String?, entry.event.jobID?.description)
        expect("the time", row["at_ms"] as Int64?, entry.atMS)
        expect("the previous digest", row["previous"] as String?, entry.previous?.description)
    }

    private mutating func checkPostings(of sequence: Int, _ expected: [LedgerPosting]) throws {
        let found = try database.rows(
            "SELECT account, amount_micro_usdc FROM postings WHERE sequence = ?",
            [sequence]
        ).map { LedgerPosting(account: $0["account"], amountMicroUSDC: $0["amount_micro_usdc"]) }
        accountedRows["postings", default: 0] += expected.count
        expect("the sum of the postings", found.map(\.amountMicroUSDC).reduce(0, &+), 0)
        for posting in Set(found).symmetricDifference(expected) {
            let amount = "\(posting.amountMicroUSDC) micro-USDC for \(posting.account)"
            report(expected.contains(posting) ? "a posting of \(amount) is missing" : "a posting of \(amount) is wrong")
        }
    }

    /// What holds once all entries are applied.
    private mutating func checkEnd() throws {
        for (jobID, lock) in state.openLocks { try checkOpen(jobID, lock) }
        var wallets = state.balances
        for row in try database.rows("SELECT * FROM accounts") {
            let account = AccountRecord(row: row)
            let expected = (try? Address(base58: account.wallet)).flatMap { wallets.removeValue(forKey: $0) }
            expect(account.balance, expected ?? CreditBalance(), of: account.wallet)
        }
        for wallet in wallets.keys { report("the account of \(wallet) is missing") }
        var sequences = state.payoutSequences
        for row in try database.rows("SELECT address, payout_sequence FROM workers") {
            let address: String = row["address"]
            let expected = (try? Address(base58: address)).flatMap { sequences.removeValue(forKey: $0) }
            expect("the payout sequence of \(address)", row["payout_sequence"] as Int?, expected ?? 0)
        }
        for worker in sequences.keys { report("the worker \(worker) is missing") }
        try checkIdempotencyKeys()
        for (table, condition) in [
            ("postings", ""), ("jobs", ""), ("locks", ""), ("payouts", ""), ("receipts", " WHERE verdict = 'accepted'"),
        ] {
            let found = try Int.fetchOne(database, sql: "SELECT COUNT(*) FROM \(table)\(condition)")
            expect("the number of rows of \(table)\(condition)", found, accountedRows[table] ?? 0)
        }
    }
}

extension LedgerEntry.Event {
    /// The job that it is about.
    var jobID: JobID? {
        switch self {
        case .grant, .deposit: nil
        case .lock(let lock): lock.jobID
        case .settle(let settlement): settlement.jobID
        case .refund(let refund): refund.jobID
        }
    }
}
