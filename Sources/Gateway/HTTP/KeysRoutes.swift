import GatewayStore
import HTTPTypes
import Hummingbird
import InferenceAPI
import Operations
import SQLiteStore
import Signing
import StrictJSON

/// The API keys of a wallet: `POST`, `GET` and `DELETE /v1/keys`.
///
/// A key may look at the list, but neither make nor revoke one: who finds a key must not be able to make another that
/// outlives it.
struct KeysRoutes: Sendable {
    let keys: KeyDirectory
    let catalogue: ModelCatalogue
    let clock: WallClock

    /// Keys that one wallet may have that are neither revoked nor expired.
    static let limit = 100

    func create(_ request: Request, _ context: CallerContext) async throws -> Response {
        let caller = try context.wallet(for: "Making an API key")
        let now = clock.nowMilliseconds
        let body = try await RequestBody.object(request, known: KeyRequest.parameters)
        let wanted = try KeyRequest(body, catalogue: catalogue, now: now)
        let usable = keys.list(wallet: caller.wallet).count { $0.fault(at: now) == nil }
        guard usable < Self.limit else {
            throw APIError.operationNotAllowed("This wallet has \(usable) API keys, the most that one may have.")
        }
        let (text, key) = try await make(wanted, for: caller.wallet, now: now)
        return .json(Self.object(key, adding: ["key": .string(text)]).encoded(), status: .created)
    }

    private func make(
        _ wanted: KeyRequest,
        for wallet: Address,
        now: Int64
    ) async throws -> (text: String, key: APIKey) {
        do {
            return try await keys.create(
                wallet: wallet,
                name: wanted.name,
                kind: wanted.kind,
                at: now,
                expiresAt: wanted.expiresAt,
                models: wanted.models,
                spendingCap: wanted.spendingCap
            )
        } catch {
            guard error.code == .constraint else { throw error }
            throw APIError.operationNotAllowed("This wallet has no account on this network yet.")
        }
    }

    func list(_ context: CallerContext) throws -> Response {
        let caller = try context.required
        let all = keys.list(wallet: caller.wallet)
        return .json(
            JSONValue.object(["object": "list", "data": .array(all.map { Self.object($0) })]).encoded()
        )
    }

    func revoke(_ context: CallerContext) async throws -> Response {
        let caller = try context.wallet(for: "Revoking an API key")
        let id = try context.parameters.require("id")
        guard keys.list(wallet: caller.wallet).contains(where: { $0.keyID == id }),
            let key = try await keys.revoke(keyID: id, at: clock.nowMilliseconds)
        else { throw APIError.keyNotFound() }
        return .json(Self.object(key).encoded())
    }

    private static func object(_ key: APIKey, adding more: JSONObject = [:]) -> JSONValue {
        var object: JSONObject = [
            "id": .string(key.keyID),
            "object": "api_key",
            "name": .string(key.name),
            "test": .bool(key.kind == .test),
            "created_at": .string(RFC3339.shortText(milliseconds: key.createdAt)),
            "expires_at": .optional(key.expiresAt.map(RFC3339.shortText(milliseconds:))),
            "revoked_at": .optional(key.revokedAt.map(RFC3339.shortText(milliseconds:))),
            "models": key.models.map { .array($0.map(JSONValue.string)) } ?? .null,
            "spending_cap_credits": .optional(key.spendingCap),
        ]
        for member in more.members { object.append(member.key, member.value) }
        return .object(object)
    }
}
