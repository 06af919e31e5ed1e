import GatewayStore
import InferenceAPI
import Signing

/// The built-in ledger as the settlement of jobs.
struct LedgerSettlement: Settlement {
    let store: GatewayStore

    private var ledger: CreditLedger { store.ledger }

    func balance(of wallet: Address) -> CreditBalance { ledger.balance(of: wallet) }

    func spendable(by wallet: Address, key: APIKey?) -> Int { ledger.spendable(by: wallet, key: key) }

    func lock(_ job: NewJob) throws(LedgerError) -> CreditLock { try ledger.lock(job) }

    func job(withKey key: Digest, of wallet: Address, at now: Int64) async throws(LedgerError) -> KeyedJob? {
        try await ledger.job(withKey: key, of: wallet, at: now)
    }

    func processing(_ acceptance: JobAcceptance) { ledger.accepted(acceptance) }

    func settle(_ settlement: JobSettlement) async throws -> SettledJob { try await ledger.settle(settlement) }

    func refund(_ refund: JobRefund) throws(LedgerError) { try ledger.decideRefund(refund) }

    func refuse(_ receipt: RefusedReceipt) async throws -> ReceiptVerdict { try await ledger.refuse(receipt) }

    func verdict(on id: JobID, worker: Address) async throws -> ReceiptVerdict {
        try await ledger.verdict(on: id, of: worker)
    }

    func payouts(of worker: Address, after sequence: Int, limit: Int) async throws -> [PayoutRecord] {
        try await store.history.payouts(worker: worker.description, after: sequence, limit: limit)
    }

    func acceptedJobs(
        of worker: Address,
        in times: Range<Int64>,
        after jobID: JobID?,
        limit: Int
    ) async throws -> [(job: JobRecord, payoutSequence: Int?)] {
        try await store.history.acceptedJobs(
            of: worker.description,
            in: times,
            after: jobID?.description,
            limit: limit
        )
    }

    func workerSeen(_ worker: Address, name: String, software: String, atMilliseconds: Int64) {
        store.workerSeen(worker, name: name, software: software, at: atMilliseconds)
    }
}
