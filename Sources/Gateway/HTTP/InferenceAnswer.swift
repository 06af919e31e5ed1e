import GatewayStore
import HTTPTypes
import Hummingbird
import InferenceAPI
import NIOCore
import Operations
import Receipts
import Signing

/// Turns a running job into its caller's answer, in the shape that the request's kind has.
struct InferenceAnswer: Sendable {
    let job: Job
    let jobs: JobCoordinator

    private var created: Int { Int(job.createdAtMilliseconds / 1000) }

    /// The whole answer in one JSON body.
    func plain() async throws -> KeptAnswer {
        while true {
            switch await job.next() {
            case .deltas, .keepAlive:
                continue
            case .completed(.failed(let error)):
                throw error.inWords(of: job.request.kind).about(jobID: job.id.description)
            case .completed(.settled(let paid)):
                let body = paid.answer(of: job).body(for: job.request, jobID: job.id, created: created)
                var headers = headers
                headers[.worker] = paid.receipt.worker.description
                headers[.settlementTx] = paid.settled.settlementTx
                return KeptAnswer(headers: headers, body: body)
            }
        }
    }

    /// Server-sent events, from the first delta on.
    ///
    /// The headers wait for it (or for the first sign of life, 15 s), so that until then another worker can take over
    /// and a failure has its real status.
    func streamed(_ context: CallerContext) async throws -> Response {
        let first = await job.next()
        if case .completed(.failed(let error)) = first {
            throw error.inWords(of: job.request.kind).about(jobID: job.id.description)
        }
        var headers = headers
        headers[.contentType] = "text/event-stream"
        headers[.cacheControl] = "no-cache"
        headers[.trailer] = HTTPField.Name.settlementTx.rawName
        // A proxy that buffers would hold the tokens back.
        headers[HTTPField.Name("x-accel-buffering") ?? .cacheControl] = "no"
        if let worker = job.worker { headers[.worker] = worker.description }
        headers[.creditsRemaining] = "\(jobs.settlement.balance(of: job.wallet).available)"
        // Between the hang-ups that the route waits for and those that the body waits for, the caller may leave too.
        let body = ResponseBody.noticing {
            jobs.callerGone(job)
        } write: { writer in
            try await context.connection.hangUp.notifying {
                jobs.callerGone(job)
            } during: {
                do {
                    let trailers = try await writeStream(from: first, to: &writer)
                    try await writer.finish(trailers)
                } catch {
                    jobs.callerGone(job)
                    throw error
                }
            }
        }
        return Response(status: .ok, headers: headers, body: body)
    }

    /// Writes the stream with the renderer of the request's kind.
    private func writeStream(
        from first: Job.Output,
        to writer: inout any ResponseBodyWriter
    ) async throws -> HTTPFields? {
        let id = job.id.answerID(of: job.request.kind)
        switch job.request.kind {
        case .chatCompletions:
            let renderer = ChatStreamRenderer(
                id: id,
                model: job.request.model,
                created: created,
                includesUsage: job.request.includeUsage
            )
            return try await write(first, with: renderer, to: &writer)
        case .embeddings:
            preconditionFailure("a request for embeddings, which has no 'stream', is streamed")
        case .completions:
            let renderer = CompletionStreamRenderer(
                id: id,
                model: job.request.model,
                created: created,
                includesUsage: job.request.includeUsage
            )
            return try await write(first, with: renderer, to: &writer)
        case .responses:
            let renderer = ResponsesStreamRenderer(id: id, request: job.request, created: created)
            return try await write(first, with: renderer, to: &writer)
        }
    }

    /// Writes the stream to its end; what arrived together leaves in one write.
    private func write(
        _ first: Job.Output,
        with initial: some StreamRenderer,
        to writer: inout any ResponseBodyWriter
    ) async throws -> HTTPFields? {
        var renderer = initial
        var text: [UInt8] = []
        var output = first
        while true {
            text.removeAll(keepingCapacity: true)
            switch output {
            case .deltas(let deltas):
                for delta in deltas { renderer.append(delta, to: &text) }
                try await writer.write(ByteBuffer(bytes: text))
            case .keepAlive:
                renderer.appendKeepAlive(to: &text)
                try await writer.write(ByteBuffer(bytes: text))
            case .completed(.settled(let paid)):
                renderer.appendEnd(of: paid.answer(of: job), to: &text)
                renderer.appendSettlement(transaction: paid.settled.settlementTx, to: &text)
                renderer.appendDone(to: &text)
                try await writer.write(ByteBuffer(bytes: text))
                return [.settlementTx: paid.settled.settlementTx]
            case .completed(.failed(let error)):
                renderer.appendError(error.inWords(of: job.request.kind), to: &text)
                try await writer.write(ByteBuffer(bytes: text))
                return nil
            }
            output = await job.next()
        }
    }

    private var headers: HTTPFields {
        [.jobID: job.id.description, .txSignature: job.lock.escrowTx.base58]
    }
}
