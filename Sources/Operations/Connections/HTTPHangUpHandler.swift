import NIOCore

/// Notices that a caller hung up, also while nothing is being written to it.
///
/// Hummingbird's own helper (`consumeWithInboundCloseHandler`) reads the request stream to its end and so ends the
/// connection after each response; this one listens to the channel's events and leaves the stream alone. It stands
/// first in the pipeline, before the HTTP codec, and passes everything on.
///
/// A caller that only shuts down its sending side (`shutdown(SHUT_WR)`, as `nc -N` does) counts as gone: no client of
/// this API does that, the two cannot be told apart until a write fails, and a model would work on for nobody.
final class HTTPHangUpHandler: ChannelInboundHandler {
    typealias InboundIn = NIOAny

    private let signal: HangUpSignal

    init(signal: HangUpSignal) {
        self.signal = signal
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .some(.inputClosed) = event as? ChannelEvent {
            self.signal.hangUp()
        }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.signal.hangUp()
        context.fireChannelInactive()
    }

    /// An error that reaches the pipeline's first handler is the socket's own, for example a reset.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        self.signal.hangUp()
        context.fireErrorCaught(error)
    }
}
