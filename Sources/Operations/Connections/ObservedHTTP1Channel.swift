package import HummingbirdCore
package import Logging
package import NIOCore
import NIOPosix

/// Hummingbird's HTTP/1.1 connection, with ``ConnectionInfo`` for the requests on it.
package struct ObservedHTTP1Channel: ServerChildChannel {
    /// A connection and what is known about it.
    package struct Value: ServerChildChannelValue {
        fileprivate let base: HTTP1Channel.Value
        fileprivate let info: ConnectionInfo

        package var channel: any Channel { self.base.channel }
    }

    private let base: HTTP1Channel

    package init(base: HTTP1Channel) {
        self.base = base
    }

    package func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            let signal = HangUpSignal()
            let pipeline = channel.pipeline.syncOperations
            try pipeline.addHandler(HTTPHangUpHandler(signal: signal), position: .first)
            let peer = try pipeline.withUnsafeTransportIfAvailable(of: NIOBSDSocket.Handle.self) { socket in
                try PeerCredentials(ofUnixSocket: socket)
            }
            return ConnectionInfo(hangUp: signal, peer: peer ?? nil)
        }.flatMap { info in
            self.base.setup(channel: channel, logger: logger).map { Value(base: $0, info: info) }
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
}
