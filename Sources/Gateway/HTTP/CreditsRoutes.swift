import GatewayStore
import Hummingbird
import InferenceAPI
import Operations
import Receipts
import Signing
import StrictJSON

/// What an account has and what moved it: `GET /v1/credits` and `GET /v1/credits/transactions`.
struct CreditsRoutes: Sendable {
    let history: GatewayHistory
    let settlement: any Settlement

    private static let idPrefix = "txn_"

    func show(_ context: CallerContext) throws -> Response {
        let caller = try context.required
        let balance = settlement.balance(of: caller.wallet)
        return .json(Self.object(wallet: caller.wallet.description, balance).encoded())
    }

    /// The account object of the API.
    static func object(wallet: String, _ balance: CreditBalance) -> JSONValue {
        [
            "object": "credits",
            "wallet": .string(wallet),
            "balance": .integer(balance.available),
            "granted": .integer(balance.granted),
            "deposited": .integer(balance.deposited),
            "locked": .integer(balance.locked),
            "spent": .integer(balance.spent),
            "usdc_value": .dollars(credits: balance.available),
        ]
    }

    /// The account's entries in the ledger, the newest first.
    func transactions(_ request: Request, _ context: CallerContext) async throws -> Response {
        let caller = try context.required
        let query = try ListQuery(request)
        let entries = try await history.transactions(
            wallet: caller.wallet.description,
            limit: query.limit + 1,
            before: try Self.sequence(query.after)
        )
        return .json(query.page(entries, id: Self.id, Self.object).encoded())
    }

    private static func id(_ entry: TransactionRecord) -> String { "\(idPrefix)\(entry.sequence)" }

    private static func sequence(_ id: String?) throws(APIError) -> Int? {
        guard let id else { return nil }
        guard id.hasPrefix(idPrefix), let sequence = Int(id.dropFirst(idPrefix.count)), sequence > 0,
            id == "\(idPrefix)\(sequence)"
        else {
            throw .invalidParameter("after", expected: "the id of a transaction")
        }
        return sequence
    }

    private static func object(_ entry: TransactionRecord) -> JSONValue {
        [
            "id": .string(id(entry)),
            "object": "credit_transaction",
            "type": .string(entry.kind.rawValue),
            // What the balance gained; a lock takes, and its end gives back what was not charged.
            "credits": .integer(entry.credits),
            "job_id": .optional(entry.jobID),
            "tx_signature": .string(entry.transaction),
            "created_at": .string(RFC3339.shortText(milliseconds: entry.at)),
        ]
    }
}
