import NIOCore
import NIOHTTP1

/// Runs the steps of a ``ScriptedBackendServer``'s answer on one connection.
final class ScriptedAnswerHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let answer: @Sendable (ScriptedBackendServer.Request) -> [ScriptedBackendServer.Step]
    private let report: AsyncStream<ScriptedBackendServer.Event>.Continuation
    private var request: ScriptedBackendServer.Request?

    init(
        _ answer: @escaping @Sendable (ScriptedBackendServer.Request) -> [ScriptedBackendServer.Step],
        _ report: AsyncStream<ScriptedBackendServer.Event>.Continuation
    ) {
        self.answer = answer
        self.report = report
    }

    func channelActive(context: ChannelHandlerContext) {
        report.yield(.connectionOpened)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        report.yield(.connectionClosed)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A client that breaks the connection off is what some tests are about.
        context.close(promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            request = .init(method: head.method, uri: head.uri, headers: head.headers, body: [])
        case .body(let part):
            request?.body.append(contentsOf: part.readableBytesView)
        case .end:
            guard let request else { preconditionFailure("a request ended that had no head") }
            report.yield(.request(request))
            run(answer(request)[...], context)
        }
    }

    private func run(_ steps: ArraySlice<ScriptedBackendServer.Step>, _ context: ChannelHandlerContext) {
        guard let step = steps.first, context.channel.isActive else { return }
        let rest = steps.dropFirst()
        switch step {
        case .head(let status, let headers):
            write(.head(.init(version: .http1_1, status: status, headers: headers)), context)
        case .oldHead(let status, let headers):
            write(.head(.init(version: .http1_0, status: status, headers: headers)), context)
        case .bytes(let bytes):
            write(.body(.byteBuffer(ByteBuffer(bytes: bytes))), context)
        case .wait(let gate):
            let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
            gate.whenOpen {
                bound.eventLoop.execute { bound.value.0.run(rest, bound.value.1) }
            }
            return
        case .end:
            let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
            context.writeAndFlush(wrapOutboundOut(.end(nil))).whenComplete { _ in bound.value.close(promise: nil) }
            return
        case .endAndStay:
            write(.end(nil), context)
        case .rawBytes(let bytes):
            // Past the encoder, which would frame them.
            let encoder = try? context.pipeline.syncOperations.context(handlerType: HTTPResponseEncoder.self)
            encoder?.writeAndFlush(NIOAny(IOData.byteBuffer(ByteBuffer(bytes: bytes))), promise: nil)
        case .breakOff:
            context.close(promise: nil)
            return
        }
        run(rest, context)
    }

    private func write(_ part: HTTPServerResponsePart, _ context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(part), promise: nil)
    }
}
