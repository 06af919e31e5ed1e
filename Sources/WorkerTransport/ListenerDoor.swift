import NIOCore
import NIOPosix
import Synchronization

/// The door of a listener, to be closed before the listener itself.
///
/// A connection that was accepted and is still being set up when its listener ends is dropped by the transport, and NIO
/// stops the process for that ("Deinited NIOAsyncWriter without calling finish()"). So nothing more is accepted first,
/// what is on its way is let through, and only then the listener is told to stop.
final class ListenerDoor: Sendable {
    /// The event loops of the listener and of its connections.
    let group: MultiThreadedEventLoopGroup
    private let listener = Mutex<(any Channel)?>(nil)

    /// How often every event loop is asked to finish what it has in hand.
    ///
    /// Setting up a connection goes from the listener's loop to the connection's and back; each pass over all loops
    /// covers a step at least.
    private static let passes = 4

    init(group: MultiThreadedEventLoopGroup = .singleton) {
        self.group = group
    }

    /// The listener is bound.
    func opened(_ channel: any Channel) -> EventLoopFuture<Void> {
        listener.withLock { $0 = channel }
        return channel.eventLoop.makeSucceededVoidFuture()
    }

    /// Accepts nothing more, then calls `then`, once what was accepted is with the listener.
    func close(then: @escaping @Sendable () -> Void) {
        guard let channel = listener.withLock({ $0 }) else { return then() }
        channel.setOption(.autoRead, value: false).whenComplete { _ in
            self.pass(Self.passes, on: channel.eventLoop, then: then)
        }
    }

    private func pass(_ left: Int, on loop: any EventLoop, then: @escaping @Sendable () -> Void) {
        guard left > 0 else { return then() }
        let loops = Array(group.makeIterator())
        EventLoopFuture.andAllComplete(loops.map { $0.submit {} }, on: loop).whenComplete { _ in
            self.pass(left - 1, on: loop, then: then)
        }
    }
}
