package import HummingbirdCore
package import Logging
package import NIOCore
import NIOHTTP1
import NIOPosix

/// Hummingbird's HTTP/1.1 connection, with ``ConnectionInfo`` for the requests on it, and guarded where it is asked to
/// be.
package struct ObservedHTTP1Channel: ServerChildChannel {
    /// A connection and what is known about it.
    package struct Value: ServerChildChannelValue {
        fileprivate let base: HTTP1Channel.Value
        fileprivate let info: ConnectionInfo

        package var channel: any Channel { self.base.channel }
    }

    private let base: HTTP1Channel
    private let httpGuard: HTTPGuard?

    package init(base: HTTP1Channel, guarded httpGuard: HTTPGuard? = nil) {
        self.base = base
        self.httpGuard = httpGuard
    }

    package func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            let signal = HangUpSignal()
            let pipeline = channel.pipeline.syncOperations
            try pipeline.addHandler(HTTPHangUpHandler(signal: signal), position: .first)
            let peer = try pipeline.withUnsafeTransportIfAvailable(of: NIOBSDSocket.Handle.self) { socket in
                try PeerCredentials(ofUnixSocket: socket)
            }
            if let bounds = self.httpGuard?.bounds {
                try pipeline.addHandler(StalledWriteHandler(bounds: bounds), position: .first)
                try channel.syncOptions?.setOption(.socketOption(.so_sndbuf), value: .init(bounds.sendBuffer))
            }
            return ConnectionInfo(hangUp: signal, peer: peer ?? nil) {
                channel.triggerUserOutboundEvent(HTTPGuardHandler.BodyWanted(), promise: nil)
            }
        }.flatMap { info in
            self.base.setup(channel: channel, logger: logger).flatMapThrowing { value in
                if let httpGuard = self.httpGuard {
                    // Between the decoder, whose errors it answers, and the codec, which knows no HTTP version.
                    let pipeline = channel.pipeline.syncOperations
                    let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
                    try pipeline.addHandler(HTTPGuardHandler(httpGuard), position: .after(decoder))
                }
                return Value(base: value, info: info)
            }
        }
    }

    package func handle(value: Value, logger: Logger) async {
        await ConnectionInfo.with(value.info) {
            await self.base.handle(value: value.base, logger: logger)
        }
    }
}

extension HTTPServerBuilder {
    /// HTTP/1.1 whose request contexts can read ``ConnectionInfo/current``.
    package static func observedHTTP1(configuration: HTTP1Channel.Configuration = .init()) -> HTTPServerBuilder {
        HTTPServerBuilder { responder in
            ObservedHTTP1Channel(base: HTTP1Channel(responder: responder, configuration: configuration))
        }
    }

    /// The same for strangers: every connection is held to the guard's bounds.
    package static func guardedHTTP1(_ httpGuard: HTTPGuard) -> HTTPServerBuilder {
        let bounds = httpGuard.bounds
        return HTTPServerBuilder { responder in
            ObservedHTTP1Channel(
                base: HTTP1Channel(
                    responder: responder,
                    configuration: HTTP1Channel.Configuration(
                        httpDecoderConfiguration: .init(
                            maxHeaderFieldSize: bounds.fieldBytes,
                            maxHeaderListSize: bounds.headerBytes,
                            maxHeaderFieldCount: bounds.fieldCount
                        )
                    )
                ),
                guarded: httpGuard
            )
        }
    }
}
