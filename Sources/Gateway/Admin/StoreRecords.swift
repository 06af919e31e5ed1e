package import GatewayStore
package import InferenceAPI
import Operations
import SQLiteStore
package import Signing

/// What the database says and, in the daemon, who is connected.
package struct StoreRecords: GatewayRecords {
    private let history: GatewayHistory
    /// Not read before it is needed: a command that lists jobs has no use for the secret key's file.
    private let address: @Sendable () throws -> Address
    /// Who is connected, and what is known of everybody; nil where no daemon runs.
    private let moment: (@Sendable () -> NetworkMoment)?
    private let catalogue: @Sendable () -> [ModelDetails]
    private let clock: WallClock

    /// For a command while no daemon runs.
    package init(
        history: GatewayHistory,
        catalogue: @escaping @Sendable () -> [ModelDetails],
        address: @escaping @Sendable () throws -> Address
    ) {
        self.init(history: history, address: address, moment: nil, catalogue: catalogue)
    }

    init(
        history: GatewayHistory,
        address: @escaping @Sendable () throws -> Address,
        moment: (@Sendable () -> NetworkMoment)?,
        catalogue: @escaping @Sendable () -> [ModelDetails],
        clock: WallClock = .live
    ) {
        self.history = history
        self.address = address
        self.moment = moment
        self.catalogue = catalogue
        self.clock = clock
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
        let known = Dictionary(try await history.workers().map { ($0.address, $0) }) { first, _ in first }
        let bans = Dictionary(try await history.bans().map { ($0.worker, $0) }) { first, _ in first }
        // The sessions are looked at last, so that a worker that connects meanwhile is not shown as offline.
        let moment = try await currentMoment()
        let live = Dictionary(uniqueKeysWithValues: moment.registry.workers.map { ($0.key.description, $0.value) })
        var addresses = includingOffline ? Set(known.keys).union(live.keys).union(bans.keys) : Set(live.keys)
        // What the gateway did for a seed provider makes it no worker. Without its key's file it may be listed.
        if let own = try? address() { addresses.remove(own.description) }
        let now = ContinuousClock.now
        return addresses.sorted().map { text in
            let worker = live[text]
            let reputation = (try? Address(base58: text)).flatMap { address in
                ReputationDetails(
                    address,
                    hosting: Set((worker?.models ?? [:]).keys),
                    in: moment.reputation,
                    at: moment.now
                )
            }
            return WorkerDetails(
                address: text,
                record: known[text],
                live: worker,
                reputation: reputation,
                ban: bans[text],
                now: now
            )
        }
    }

    package func worker(_ address: Address) async throws -> WorkerDetails {
        let all = try await workers(includingOffline: true)
        guard let worker = all.first(where: { $0.address == address.description }) else {
            throw AdministrationError(
                .notFound,
                "no worker \(address) was ever seen",
                hint: "\(GatewayDaemon.program) workers list --all shows those that were"
            )
        }
        return worker
    }

    /// The daemon's moment or, without one, what the database says and nobody connected.
    private func currentMoment() async throws -> NetworkMoment {
        if let moment { return moment() }
        let now = clock.nowMilliseconds
        return NetworkMoment(
            registry: WorkerRegistry(),
            reputation: ReputationBook(try await history.reputations(), startedAt: now, limits: .init()),
            isDraining: false,
            now: now
        )
    }

    package func models() async throws -> [ModelDetails] { catalogue() }

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

    package func webhooks(_ query: WebhookQuery) async throws -> AdminPage<WebhookDetails> {
        let records = try await history.webhooks(
            wallet: query.wallet?.description,
            limit: query.limit + 1,
            after: query.after
        )
        return AdminPage(records.map { WebhookDetails($0) }, limit: query.limit)
    }

    package func verifyLedger() async throws -> LedgerReport {
        let signer = try address()
        return LedgerReport(try await LedgerAudit.verify(history, signer: signer), signer: signer)
    }
}
