import GatewayStore
import HTTPTypes
package import Hummingbird
import HummingbirdCore
import InferenceAPI
package import Operations
import SQLiteStore
import Signing

/// The gateway's local HTTP API on its admin socket; the command line is its client.
///
/// ```
/// GET  /v1/identity                     who the gateway is
/// GET  /v1/accounts?after=&limit=       accounts, a page
/// POST /v1/accounts                     {"wallet"}: 201, or 200 if it was there
/// GET  /v1/accounts/{wallet}            an account with its credits
/// POST /v1/accounts/{wallet}/grants     {"credits","reference"?}
/// GET  /v1/accounts/{wallet}/keys
/// POST /v1/accounts/{wallet}/keys       {"kind","name"}: 201, with the key
/// POST /v1/keys/{id}/revoke
/// GET  /v1/workers?all=true             connected workers, or all that were seen
/// GET  /v1/workers/{address}            all that is known of a worker
/// POST /v1/workers/{address}/ban        {"reason"}: answers with the address
/// POST /v1/workers/{address}/unban
/// GET  /v1/models                       the catalogue: prices, workers, queues, aliases, seed providers
/// GET  /v1/jobs?wallet=&status=&model=&after=&limit=
/// GET  /v1/jobs/{id}
/// GET  /v1/webhooks?wallet=&after=&limit=
/// GET  /v1/ledger/verify                the audit of the whole ledger
/// ```
///
/// Who may write is ``LocalHTTPServer``'s to decide: only a POST changes anything.
package struct AdminRoutes: Sendable {
    private let records: any GatewayRecords
    private let administration: any GatewayAdministration

    package init(records: any GatewayRecords, administration: any GatewayAdministration) {
        self.records = records
        self.administration = administration
    }

    package func makeRouter() -> Router<LocalRequestContext> {
        let router = Router(context: LocalRequestContext.self)
        addRecords(to: router)
        addAdministration(to: router)
        return router
    }

    private func addRecords(to router: Router<LocalRequestContext>) {
        router.get("/v1/identity") { _, _ in
            try await answer { try await records.identity() }
        }
        router.get("/v1/accounts") { request, _ in
            try await answer { try await records.accounts(AccountQuery(request.uri.queryParameters)) }
        }
        router.get("/v1/accounts/:wallet") { _, context in
            try await answer { try await records.account(context.wallet()) }
        }
        router.get("/v1/accounts/:wallet/keys") { _, context in
            try await answer { try await records.keys(of: context.wallet()) }
        }
        router.get("/v1/workers") { request, _ in
            try await answer {
                try await records.workers(includingOffline: request.uri.queryParameters.get("all") == "true")
            }
        }
        router.get("/v1/workers/:worker") { _, context in
            try await answer { try await records.worker(context.worker()) }
        }
        router.get("/v1/models") { _, _ in
            try await answer { try await records.models() }
        }
        router.get("/v1/jobs") { request, _ in
            try await answer { try await records.jobs(JobQuery(request.uri.queryParameters)) }
        }
        router.get("/v1/jobs/:id") { _, context in
            try await answer { try await records.job(context.jobID()) }
        }
        router.get("/v1/webhooks") { request, _ in
            try await answer { try await records.webhooks(WebhookQuery(request.uri.queryParameters)) }
        }
        router.get("/v1/ledger/verify") { _, _ in
            try await answer { try await records.verifyLedger() }
        }
    }

    private func addAdministration(to router: Router<LocalRequestContext>) {
        router.post("/v1/accounts") { request, context in
            let body = try await request.decode(as: CreateAccountRequest.self, context: context)
            let created = try await run {
                try await administration.createAccount(Address(wallet: body.wallet))
            }
            return try Response.localJSON(created, status: created.isNew ? .created : .ok)
        }
        router.post("/v1/accounts/:wallet/grants") { request, context in
            let body = try await request.decode(as: GrantCreditsRequest.self, context: context)
            return try await answer {
                try await administration.grant(body.credits, to: context.wallet(), reference: body.reference)
            }
        }
        router.post("/v1/accounts/:wallet/keys") { request, context in
            let body = try await request.decode(as: CreateKeyRequest.self, context: context)
            return try await answer(status: .created) {
                guard let kind = APIKey.Kind(rawValue: body.kind) else {
                    throw AdministrationError(.invalid, "the kind of a key is \"live\" or \"test\"")
                }
                return try await administration.createKey(kind, name: body.name, for: context.wallet())
            }
        }
        router.post("/v1/workers/:worker/ban") { request, context in
            let body = try await request.decode(as: BanWorkerRequest.self, context: context)
            return try await answer {
                let worker = try context.worker()
                try await administration.ban(worker, reason: body.reason)
                return IdentityDetails(address: worker.description)
            }
        }
        router.post("/v1/workers/:worker/unban") { _, context in
            try await answer {
                let worker = try context.worker()
                try await administration.unban(worker)
                return IdentityDetails(address: worker.description)
            }
        }
        router.post("/v1/keys/:id/revoke") { _, context in
            try await answer { try await administration.revokeKey(context.parameters.require("id")) }
        }
    }

    private func answer(
        status: HTTPResponse.Status = .ok,
        _ operation: () async throws -> some Encodable
    ) async throws -> Response {
        try .localJSON(try await run(operation), status: status)
    }

    /// Gives the error of an operation the form of the local API.
    private func run<Value>(_ operation: () async throws -> Value) async throws -> Value {
        do {
            return try await operation()
        } catch let error as AdministrationError {
            throw LocalAPIError(error)
        } catch let error as StoreError {
            throw LocalAPIError(AdministrationError(error))
        } catch let error as LedgerError {
            throw LocalAPIError(AdministrationError(error))
        }
    }
}
