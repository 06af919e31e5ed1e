import NIOCore
import NIOHTTP1

/// Holds one connection to its bounds, and answers itself what never becomes a request.
///
/// It stands behind the HTTP decoder. ``ConnectionPace`` decides; here are the clock, the answers and the counts that
/// all connections share.
final class HTTPGuardHandler: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    /// An outbound event: a route reads the body of its request.
    struct BodyWanted: Sendable {}

    private let shared: HTTPGuard
    private var pace: ConnectionPace
    private var id: UInt64?
    /// Whose connection it is, as ``ConnectionRegister`` counts.
    private var address = ""
    private var timer: (deadline: NIODeadline, task: Scheduled<Void>)?
    /// The head of the request that came last.
    private var lastHead: HTTPRequestHead?
    /// Whether the head of the body that comes was passed on.
    private var passesOn = false
    /// Nothing more leaves from above: the last answer is out.
    private var isMuted = false
    /// The last answer was a refusal from here.
    private var hasRefused = false
    private var inputIsClosed = false

    init(_ shared: HTTPGuard) {
        self.shared = shared
        pace = ConnectionPace(bounds: shared.bounds, at: .now())
    }

    // MARK: The connection

    func channelActive(context: ChannelHandlerContext) {
        pace = ConnectionPace(bounds: shared.bounds, at: context.eventLoop.now)
        context.fireChannelActive()
        address = ConnectionRegister.name(of: context.remoteAddress)
        let channel = context.channel
        switch shared.register.opened(from: address, close: { channel.close(promise: nil) }) {
        case .admitted(let id):
            self.id = id
            schedule(context)
        case .refused(let id):
            self.id = id
            failed(.tooManyConnections, context)
        case .dropped:
            context.close(promise: nil)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        end()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        end()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .some(.inputClosed) = event as? ChannelEvent {
            inputIsClosed = true
            if pace.isClosing { leave(context) }
        }
        context.fireUserInboundEventTriggered(event)
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        // Who quiesces the server closes with the last answer; what of it still waits would be lost. And a refusal ends
        // the route, which then closes at once: with bytes unread that would be a reset, and the refusal lost.
        if case .all = mode, pace.isClosing, hasRefused || hasUnsent(context) {
            promise?.succeed()
            return
        }
        context.close(mode: mode, promise: promise)
    }

    // MARK: What comes in

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): headReceived(head, data, context)
        case .body(let bytes): bodyReceived(bytes.readableBytes, data, context)
        case .end:
            guard passesOn, pace.takesBody else { return }
            pace.endReceived()
            context.fireChannelRead(data)
            bookState()
            schedule(context)
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        // Bytes that made no head yet are seen in no other way.
        pace.bytesReceived(at: context.eventLoop.now)
        schedule(context)
        context.fireChannelReadComplete()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        case HTTPParserError.headerOverflow: failed(.headersTooLarge, context)
        case is HTTPParserError, is ByteToMessageDecoderError: failed(.malformed, context)
        default: context.fireErrorCaught(error)
        }
    }

    private func headReceived(_ head: HTTPRequestHead, _ data: NIOAny, _ context: ChannelHandlerContext) {
        passesOn = false
        guard pace.takesRequests else { return }
        lastHead = head
        if let refusal = RequestHeadCheck.refusal(of: head, bounds: shared.bounds) {
            failed(refusal, context)
            return
        }
        passesOn = true
        // The decoder stops for good after a request that asks for another protocol.
        let asksForMore = head.headers[canonicalForm: "connection"].contains { $0.lowercased() == "upgrade" }
        let request = ConnectionPace.Request(
            isHTTP10: head.version == .http1_0,
            isLast: !head.isKeepAlive || head.version == .http1_0 || asksForMore,
            expectsContinue: head.headers["expect"].contains { $0.lowercased() == "100-continue" }
        )
        pace.headReceived(request, at: context.eventLoop.now)
        context.fireChannelRead(data)
        schedule(context)
    }

    private func bodyReceived(_ bytes: Int, _ data: NIOAny, _ context: ChannelHandlerContext) {
        if pace.isClosing {
            if pace.threwAway(bytes: bytes) { context.close(promise: nil) }
            return
        }
        guard passesOn, pace.takesBody else { return }
        guard shared.bodies.take(bytes, from: address, soFar: pace.requests.last?.bodyBytes ?? 0) else {
            failed(.bodiesTooLarge, context)
            return
        }
        pace.bodyReceived(bytes: bytes)
        context.fireChannelRead(data)
    }

    // MARK: What goes out

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard !isMuted else {
            promise?.fail(ChannelError.outputClosed)
            return
        }
        switch unwrapOutboundIn(data) {
        case .head(let head) where (100..<200).contains(head.status.code):
            context.write(data, promise: promise)
        case .head(let head):
            context.write(wrapOutboundOut(.head(framed(head))), promise: promise)
            schedule(context)
        case .body:
            context.write(data, promise: promise)
        case .end:
            answerEnded(data, promise, context)
        }
    }

    func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
        guard event is BodyWanted else {
            context.triggerUserOutboundEvent(event, promise: promise)
            return
        }
        if !isMuted, pace.bodyWanted() {
            context.writeAndFlush(wrapOutboundOut(.head(.init(version: .http1_1, status: .continue))), promise: nil)
        }
        promise?.succeed()
    }

    /// The answer's head as this request and this connection need it.
    private func framed(_ head: HTTPResponseHead) -> HTTPResponseHead {
        var head = head
        guard let request = pace.answerBegins() else { return head }
        if head.headers[canonicalForm: "connection"].contains(where: { $0.lowercased() == "close" }) {
            pace.closeAfterAnswer()
        } else if request.isLast {
            head.headers.replaceOrAdd(name: "connection", value: "close")
        }
        // Who speaks HTTP/1.0 knows no chunks: the end of the connection is the end of a stream.
        if request.isHTTP10 { head.version = .http1_0 }
        return head
    }

    private func answerEnded(_ end: NIOAny, _ promise: EventLoopPromise<Void>?, _ context: ChannelHandlerContext) {
        let bytes = pace.requests.first?.bodyBytes ?? 0
        let next = pace.answerEnded(at: context.eventLoop.now)
        shared.bodies.giveBack(bytes, from: address)
        if pace.requests.isEmpty { lastHead = nil }
        bookState()
        switch next {
        case .goOn:
            context.write(end, promise: promise)
            schedule(context)
        case .close:
            context.writeAndFlush(end, promise: promise)
            linger(context)
        case .refuse(let refusal):
            context.write(end, promise: promise)
            refuse(refusal, context)
        }
    }

    // MARK: Refusals

    private func failed(_ refusal: HTTPRefusal, _ context: ChannelHandlerContext) {
        if case .refuse(let refusal) = pace.failed(refusal) { refuse(refusal, context) }
    }

    private func refuse(_ refusal: HTTPRefusal, _ context: ChannelHandlerContext) {
        let concerned: HTTPRequestHead? =
            switch refusal {
            case .malformed, .headersTooLarge, .headersTooSlow, .tooManyConnections: nil
            case .targetTooLong, .bodyTooSlow, .bodiesTooLarge: lastHead
            }
        var (head, body) = shared.answer(refusal, concerned)
        head.headers.replaceOrAdd(name: "connection", value: "close")
        head.headers.replaceOrAdd(name: "content-length", value: "\(body.readableBytes)")
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        hasRefused = true
        linger(context)
        // A route may wait for the rest of the body.
        context.fireErrorCaught(refusal)
    }

    /// Ends the sending side, so that the caller reads its answer to the end, and waits for it to leave.
    private func linger(_ context: ChannelHandlerContext) {
        giveBackBodies()
        isMuted = true
        pace.closing(at: context.eventLoop.now)
        bookState()
        context.close(mode: .output, promise: nil)
        if inputIsClosed { leave(context) } else { schedule(context) }
    }

    /// Closes the connection, once the caller has taken its answer; ``StalledWriteHandler`` sees to it that it does.
    private func leave(_ context: ChannelHandlerContext) {
        guard hasUnsent(context) else {
            context.close(promise: nil)
            return
        }
        pace.lingersOn(at: context.eventLoop.now)
        schedule(context)
    }

    private func hasUnsent(_ context: ChannelHandlerContext) -> Bool {
        guard context.channel.isActive else { return false }
        return (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)).map { $0 > 0 } ?? false
    }

    // MARK: Time and counts

    private func schedule(_ context: ChannelHandlerContext) {
        guard context.channel.isActive, let deadline = pace.deadline else {
            timer?.task.cancel()
            timer = nil
            return
        }
        // A timer that goes off early looks again; it is moved only to go off sooner.
        if let timer, timer.deadline <= deadline { return }
        timer?.task.cancel()
        let task = context.eventLoop.assumeIsolated().scheduleTask(deadline: deadline) {
            self.timer = nil
            self.timeReached(context)
        }
        timer = (deadline, task)
    }

    private func timeReached(_ context: ChannelHandlerContext) {
        switch pace.timeReached(context.eventLoop.now) {
        case .wait: schedule(context)
        case .refuse(let refusal): failed(refusal, context)
        case .close: leave(context)
        }
    }

    private func bookState() {
        if let id { shared.register.changed(id, isBusy: pace.isBusy) }
    }

    private func giveBackBodies() {
        shared.bodies.giveBack(pace.requests.reduce(0) { $0 + $1.bodyBytes }, from: address)
    }

    private func end() {
        timer?.task.cancel()
        timer = nil
        guard let id else { return }
        self.id = nil
        giveBackBodies()
        pace.closing(at: .now())
        shared.register.closed(id)
    }
}
