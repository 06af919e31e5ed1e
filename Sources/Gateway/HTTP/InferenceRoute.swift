import GatewayStore
import Hummingbird
import InferenceAPI
import Operations

/// A question to a model, of one kind: `POST /v1/chat/completions` and its sisters.
struct InferenceRoute: Sendable {
    let kind: RequestKind
    let jobs: JobCoordinator
    let maxBodyBytes: Int
    /// Shared by all kinds, as the accounts are.
    let gate: RequestGate
    /// Shared by all kinds: a key is used on one of them.
    let repeats: IdempotentRequests

    func respond(to request: Request, context: CallerContext) async throws -> Response {
        let caller = try context.required
        return try await gate.pass(caller.wallet) { try await answer(request, caller, context) }
    }

    private func answer(
        _ request: Request,
        _ caller: CallerContext.Caller,
        _ context: CallerContext
    ) async throws -> Response {
        // Who never had a credit cannot ask a model for anything, and costs nothing to make.
        let isStranger = jobs.settlement.balance(of: caller.wallet) == CreditBalance()
        let limit = isStranger ? min(RequestBody.smallLimit, maxBodyBytes) : maxBodyBytes
        let body = try await RequestBody.read(request, limit: limit)
        let key = try IdempotencyKey(request.headers, route: kind.path, body: body)
        let submission = JobCoordinator.Submission(
            request: try InferenceRequest.parse(body, as: kind),
            body: body,
            wallet: caller.wallet,
            key: caller.key,
            requestID: context.requestID,
            idempotencyKey: key
        )
        guard let key else { return try await make(submission, context, turn: nil).response }
        return try await repeats.respond(key, of: caller.wallet, hangUp: context.connection.hangUp) { turn in
            try await make(submission, context, turn: turn)
        }.response
    }

    /// Makes the job and its answer; `turn` is that of a request with an idempotency key.
    private func make(
        _ submission: JobCoordinator.Submission,
        _ context: CallerContext,
        turn: IdempotentRequests.Turn?
    ) async throws -> KeptAnswer.Given {
        let job: Job
        do {
            job = try jobs.submit(submission)
        } catch {
            throw error.inWords(of: kind)
        }
        let answer = InferenceAnswer(job: job, jobs: jobs)
        let hangUp = context.connection.hangUp
        guard !submission.request.stream else {
            turn?.streams(job.id)
            return .stream(
                try await hangUp.notifying {
                    jobs.callerGone(job)
                } during: {
                    try await answer.streamed(context)
                }
            )
        }
        turn?.began { jobs.callerGone(job) }
        return .plain(
            try await hangUp.notifying {
                if let turn { turn.callerLeft() } else { jobs.callerGone(job) }
            } during: {
                try await answer.plain()
            }
        )
    }
}
