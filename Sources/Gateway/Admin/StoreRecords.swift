package import GatewayStore
package import InferenceAPI
import SQLiteStore
package import Signing

/// What the database says and, in the daemon, who is connected.
package struct StoreRecords: GatewayRecords {
    private let history: GatewayHistory
    /// Not read before it is needed: a command that lists jobs has no use for the secret key's file.
    private let address: @Sendable () throws -> Address
    /// Nobody, where no daemon runs.
    private let liveWorkers: @Sendable () -> [LiveWorker]

    /// For a command while no daemon runs.
    package init(history: GatewayHistory, address: @escaping @Sendable () throws -> Address) {
        self.init(history: history, address: address, liveWorkers: { [] })
    }

    init(
        history: GatewayHistory,
        address: @escaping @Sendable () throws -> Address,
        liveWorkers: @escaping @Sendable () -> [LiveWorker]
    ) {
        self.history = history
        self.address = address
        self.liveWorkers = liveWorkers
    }

    package func identity() async throws -> IdentityDetails {
        IdentityDetails(address: try address().description)
    }

    package func accounts(_ query: AccountQuery) async throws -> AdminPage<AccountDetails> {
        let records = try await history.accounts(limit: query.limit + 1, after: query.after?.description)
        return AdminPage(records.map { AccountDetails($0) }, limit: query.limit)
    }

    package func account(_ wallet: Address) async throws -> AccountDetails {
        guard let record = try await history.account(wallet: wallet.description) else {
            throw AdministrationError.noAccount(wallet)
        }
        return AccountDetails(record)
    }

    package func keys(of wallet: Address) async throws -> [KeyDetails] {
        _ = try await account(wallet)
        return try await history.keys(wallet: wallet.description).map { KeyDetails($0) }
    }

    package func workers(includingOffline: Bool) async throws -> [WorkerDetails] {
        let records = try await history.workers()
        // The sessions are looked at last, so that a worker that connects meanwhile is not shown as offline.
        let live = Dictionary(liveWorkers().map { ($0.address.description, $0) }) { first, _ in first }
        let known = Dictionary(records.map { ($0.address, $0) }) { first, _ in first }
        let addresses = includingOffline ? Set(known.keys).union(live.keys) : Set(live.keys)
        let now = ContinuousClock.now
        return addresses.sorted().map { address in
            WorkerDetails(address: address, record: known[address], live: live[address], now: now)
        }
    }

    package func jobs(_ query: JobQuery) async throws -> AdminPage<JobDetails> {
        let records = try await history.jobs(
            wallet: query.wallet?.description,
            status: query.status,
            model: query.model,
            limit: query.limit + 1,
            after: query.after?.description
        )
        return AdminPage(records.map { JobDetails($0) }, limit: query.limit)
    }

    package func job(_ id: JobID) async throws -> JobDetails {
        guard let record = try await history.job(id.description) else {
            throw AdministrationError(.notFound, "there is no job \(id)")
        }
        return JobDetails(record)
    }

    package func verifyLedger() async throws -> LedgerReport {
        let signer = try address()
        return LedgerReport(try await LedgerAudit.verify(history, signer: signer), signer: signer)
    }
}
