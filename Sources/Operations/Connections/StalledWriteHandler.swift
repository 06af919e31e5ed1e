import NIOCore

/// Closes a connection whose caller does not take what is written to it.
///
/// Without it a caller that never reads would hold its answer in memory for as long as it keeps the connection: TCP
/// asks it for ever whether it has room. It stands first in the pipeline, where bytes are counted as they leave.
final class StalledWriteHandler: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var progress: WriteProgress
    private var written = 0
    private var timer: Scheduled<Void>?

    init(bounds: HTTPBounds) {
        progress = WriteProgress(bounds: bounds)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        timer?.cancel()
        timer = nil
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        written += unwrapOutboundIn(data).readableBytes
        context.write(data, promise: promise)
    }

    func flush(context: ChannelHandlerContext) {
        context.flush()
        look(context)
    }

    private func look(_ context: ChannelHandlerContext) {
        let channel = context.channel
        guard channel.isActive, let waiting = try? channel.syncOptions?.getOption(.bufferedWritableBytes) else {
            return
        }
        if progress.isStalled(written: written, waiting: waiting, at: context.eventLoop.now) {
            // Not the output alone: it would wait for the same bytes.
            context.close(promise: nil)
            return
        }
        guard timer == nil, let deadline = progress.deadline else { return }
        timer = context.eventLoop.assumeIsolated().scheduleTask(deadline: deadline) {
            self.timer = nil
            self.look(context)
        }
    }
}
