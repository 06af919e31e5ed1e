package import InferenceAPI
package import Signing

/// What an operator can ask a gateway; nothing of it changes anything.
///
/// ``SocketAdministration`` asks the daemon. ``StoreRecords`` looks into the database: in the daemon, behind the admin
/// socket, and in a command while no daemon runs.
///
/// Every method throws an ``AdministrationError``, or what its way of asking throws.
package protocol GatewayRecords: Sendable {
    func identity() async throws -> IdentityDetails

    func accounts(_ query: AccountQuery) async throws -> AdminPage<AccountDetails>

    /// - Throws: ``AdministrationError/Code/notFound``, also in the other methods that take a wallet.
    func account(_ wallet: Address) async throws -> AccountDetails

    /// The keys of a wallet, the oldest first, revoked ones included.
    func keys(of wallet: Address) async throws -> [KeyDetails]

    /// The connected workers, or all that were ever seen; by address.
    func workers(includingOffline: Bool) async throws -> [WorkerDetails]

    /// All that is known of a worker.
    ///
    /// - Throws: ``AdministrationError/Code/notFound``.
    func worker(_ address: Address) async throws -> WorkerDetails

    /// The catalogue, in the order in which it is listed.
    func models() async throws -> [ModelDetails]

    func jobs(_ query: JobQuery) async throws -> AdminPage<JobDetails>

    /// - Throws: ``AdministrationError/Code/notFound``.
    func job(_ id: JobID) async throws -> JobDetails

    func webhooks(_ query: WebhookQuery) async throws -> AdminPage<WebhookDetails>

    /// Walks the whole ledger and checks it; about 100 µs for each entry.
    func verifyLedger() async throws -> LedgerReport
}
