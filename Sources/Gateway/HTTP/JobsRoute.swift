import GatewayStore
import Hummingbird
import InferenceAPI
import Operations
import Signing
import StrictJSON

/// What became of a job: `GET /v1/jobs/{id}`.
struct JobsRoute: Sendable {
    let history: GatewayHistory

    /// The caller's own jobs only; another's is not found.
    func show(_ context: CallerContext) async throws -> Response {
        guard let caller = context.caller else { throw APIError.missingAPIKey() }
        guard let id = JobID(try context.parameters.require("id")),
            let job = try await history.job(id.description, wallet: caller.wallet.description)
        else { throw APIError.jobNotFound() }
        return .json(Self.object(job).encoded())
    }

    /// The job object of the API.
    static func object(_ job: JobRecord) -> JSONValue {
        [
            "id": .string(job.jobID),
            "object": "job",
            "status": .string(job.status.rawValue),
            "model": .string(job.model),
            "tier": .string(job.tier),
            "credits_charged": .integer(job.creditsCharged),
            "credits_locked": .integer(job.creditsLocked),
            "usdc_value": dollars(credits: job.creditsCharged),
            "worker_address": .optional(job.worker),
            "created_at": .string(RFC3339.text(milliseconds: job.createdAt)),
            "completed_at": .optional(job.completedAt.map(RFC3339.text(milliseconds:))),
            "cancelled_at": .optional(job.cancelledAt.map(RFC3339.text(milliseconds:))),
            "on_chain": [
                "network": "ledger",
                "escrow_tx": .string(job.escrowTx),
                "settlement_tx": .optional(job.settlementTx),
                "escrow_pda": .null,
                "slot": .optional(job.slot),
                "proof_hash": .optional(job.proofHash),
            ],
            "usage": usage(job),
            "time_to_first_token_ms": .optional(job.timeToFirstTokenMS),
            "error": error(job),
        ]
    }

    private static func usage(_ job: JobRecord) -> JSONValue {
        guard let prompt = job.promptTokens, let completion = job.completionTokens else { return .null }
        return [
            "prompt_tokens": .integer(prompt),
            "completion_tokens": .integer(completion),
            "total_tokens": .integer(prompt + completion),
        ]
    }

    private static func error(_ job: JobRecord) -> JSONValue {
        guard let code = job.errorCode else { return .null }
        return ["code": .string(code), "message": .optional(job.errorMessage)]
    }

    /// A number with two decimals, made of integers: 1 credit is $0.01.
    private static func dollars(credits: Int) -> JSONValue {
        let cents = credits % 100
        return .number("\(credits / 100).\(cents < 10 ? "0" : "")\(cents)")
    }
}

extension JSONValue {
    static func optional(_ text: String?) -> JSONValue { text.map(JSONValue.string) ?? .null }
    static func optional(_ number: Int?) -> JSONValue { number.map(JSONValue.integer) ?? .null }
}
