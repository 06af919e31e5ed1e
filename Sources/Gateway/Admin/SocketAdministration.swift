import Foundation
package import GatewayStore
package import InferenceAPI
import Operations
package import Signing

/// The way through the daemon's admin socket; see ``AdminRoutes`` for the other end.
///
/// Throws ``CommandError``, with the daemon's own words if it refuses.
package struct SocketAdministration: GatewayRecords, GatewayAdministration {
    private let client: LocalHTTPClient
    /// For the audit, whose time grows with the ledger.
    private let patientClient: LocalHTTPClient

    package init(socket: String) {
        client = LocalHTTPClient(socket: socket, daemon: GatewayDaemon.program)
        patientClient = LocalHTTPClient(socket: socket, daemon: GatewayDaemon.program, timeout: .seconds(3_600))
    }

    // MARK: GatewayRecords

    package func identity() async throws -> IdentityDetails {
        try await client.get("/v1/identity")
    }

    package func accounts(_ query: AccountQuery) async throws -> AdminPage<AccountDetails> {
        try await client.get(
            Self.path("/v1/accounts", ["after": query.after?.description, "limit": String(query.limit)])
        )
    }

    package func account(_ wallet: Address) async throws -> AccountDetails {
        try await client.get("/v1/accounts/\(wallet)")
    }

    package func keys(of wallet: Address) async throws -> [KeyDetails] {
        try await client.get("/v1/accounts/\(wallet)/keys")
    }

    package func workers(includingOffline: Bool) async throws -> [WorkerDetails] {
        try await client.get(Self.path("/v1/workers", ["all": includingOffline ? "true" : nil]))
    }

    package func worker(_ address: Address) async throws -> WorkerDetails {
        try await client.get("/v1/workers/\(address)")
    }

    package func models() async throws -> [ModelDetails] {
        try await client.get("/v1/models")
    }

    package func jobs(_ query: JobQuery) async throws -> AdminPage<JobDetails> {
        let path = Self.path(
            "/v1/jobs",
            [
                "wallet": query.wallet?.description, "status": query.status?.rawValue, "model": query.model,
                "after": query.after?.description, "limit": String(query.limit),
            ]
        )
        return try await client.get(path)
    }

    package func job(_ id: JobID) async throws -> JobDetails {
        try await client.get("/v1/jobs/\(id)")
    }

    package func webhooks(_ query: WebhookQuery) async throws -> AdminPage<WebhookDetails> {
        try await client.get(
            Self.path(
                "/v1/webhooks",
                ["wallet": query.wallet?.description, "after": query.after, "limit": String(query.limit)]
            )
        )
    }

    package func verifyLedger() async throws -> LedgerReport {
        try await patientClient.get("/v1/ledger/verify")
    }

    // MARK: GatewayAdministration

    package func createAccount(_ wallet: Address) async throws -> CreatedAccount {
        try await client.post("/v1/accounts", CreateAccountRequest(wallet: wallet.description))
    }

    package func grant(_ credits: Int, to wallet: Address, reference: String?) async throws -> CreditGrant {
        try await client.post(
            "/v1/accounts/\(wallet)/grants",
            GrantCreditsRequest(credits: credits, reference: reference)
        )
    }

    package func createKey(_ kind: APIKey.Kind, name: String, for wallet: Address) async throws -> CreatedKey {
        try await client.post("/v1/accounts/\(wallet)/keys", CreateKeyRequest(kind: kind.rawValue, name: name))
    }

    package func revokeKey(_ id: String) async throws -> KeyDetails {
        try await client.post("/v1/keys/\(Self.escaped(id))/revoke")
    }

    package func ban(_ worker: Address, reason: String) async throws {
        let _: IdentityDetails = try await client.post("/v1/workers/\(worker)/ban", BanWorkerRequest(reason: reason))
    }

    package func unban(_ worker: Address) async throws {
        let _: IdentityDetails = try await client.post("/v1/workers/\(worker)/unban")
    }

    /// A path with those parameters that have a value.
    private static func path(_ path: String, _ parameters: KeyValuePairs<String, String?>) -> String {
        let query = parameters.compactMap { name, value in value.map { "\(name)=\(escaped($0))" } }
        return query.isEmpty ? path : "\(path)?\(query.joined(separator: "&"))"
    }

    /// Everything but RFC 3986's unreserved characters escaped.
    private static func escaped(_ text: String) -> String {
        let unreserved = CharacterSet(charactersIn: "-._~0123456789")
            .union(CharacterSet(charactersIn: "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"))
        // Fails for lone surrogates alone, which a Swift string cannot hold.
        return text.addingPercentEncoding(withAllowedCharacters: unreserved) ?? ""
    }
}
