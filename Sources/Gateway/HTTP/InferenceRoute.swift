import Hummingbird
import InferenceAPI
import Operations

/// A question to a model, of one kind: `POST /v1/chat/completions` and its sisters.
struct InferenceRoute: Sendable {
    let kind: RequestKind
    let jobs: JobCoordinator
    let maxBodyBytes: Int

    func respond(to request: Request, context: CallerContext) async throws -> Response {
        let caller = try context.required
        let body = try await RequestBody.read(request, limit: maxBodyBytes)
        let parsed = try InferenceRequest.parse(body, as: kind)
        let job = try jobs.submit(
            .init(
                request: parsed,
                body: body,
                wallet: caller.wallet,
                key: caller.key,
                requestID: context.requestID
            )
        )
        let answer = InferenceAnswer(job: job, jobs: jobs)
        return try await context.connection.hangUp.notifying {
            jobs.callerGone(job)
        } during: {
            parsed.stream ? try await answer.streamed(context) : try await answer.plain()
        }
    }
}
