import GatewayStore
import Hummingbird
import InferenceAPI
import Operations
import Signing
import StrictJSON

/// What became of jobs: `GET /v1/jobs`, `/v1/jobs/{id}` and `/v1/jobs/{id}/receipt`.
struct JobsRoutes: Sendable {
    let history: GatewayHistory

    /// The caller's own jobs, the newest first.
    func list(_ request: Request, _ context: CallerContext) async throws -> Response {
        let caller = try context.required
        let query = try ListQuery(request, filters: ["status", "model"])
        if let after = query.after, JobID(after) == nil {
            throw APIError.invalidParameter("after", expected: "the id of a job")
        }
        let jobs = try await history.jobs(
            wallet: caller.wallet.description,
            status: try Self.status(query["status"]),
            model: query["model"],
            limit: query.limit + 1,
            after: query.after
        )
        return .json(query.page(jobs, id: \.jobID, Self.object).encoded())
    }

    private static func status(_ text: String?) throws(APIError) -> JobStatus? {
        guard let text else { return nil }
        guard let status = JobStatus(rawValue: text) else {
            let words = JobStatus.allCases.map(\.rawValue).joined(separator: ", ")
            throw .invalidParameter("status", expected: "one of \(words)")
        }
        return status
    }

    /// The caller's own jobs only; another's is not found.
    func show(_ context: CallerContext) async throws -> Response {
        .json(Self.object(try await job(context)).encoded())
    }

    /// What proves a settled job: the worker's receipt and the gateway's statement, each a DSSE envelope.
    func receipt(_ context: CallerContext) async throws -> Response {
        let job = try await job(context)
        guard let (receipt, statement) = try await history.receipt(of: job.jobID) else {
            throw APIError(.jobNotFound, "This job has no receipt: it is \(job.status.rawValue).")
        }
        return .json(
            JSONValue.object([
                "object": "receipt",
                "job_id": .string(job.jobID),
                "receipt": try JSONValue(parsing: receipt),
                "statement": try JSONValue(parsing: statement),
            ]).encoded()
        )
    }

    private func job(_ context: CallerContext) async throws -> JobRecord {
        let caller = try context.required
        guard let id = JobID(try context.parameters.require("id")),
            let job = try await history.job(id.description, wallet: caller.wallet.description)
        else { throw APIError.jobNotFound() }
        return job
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
            "usdc_value": .dollars(credits: job.creditsCharged),
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
}

extension JSONValue {
    static func optional(_ text: String?) -> JSONValue { text.map(JSONValue.string) ?? .null }
    static func optional(_ number: Int?) -> JSONValue { number.map(JSONValue.integer) ?? .null }

    /// A number with two decimals, made of integers: 1 credit is $0.01.
    static func dollars(credits: Int) -> JSONValue {
        let cents = credits % 100
        return .number("\(credits / 100).\(cents < 10 ? "0" : "")\(cents)")
    }
}
