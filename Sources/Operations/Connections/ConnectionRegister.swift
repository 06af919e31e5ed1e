import NIOCore
import Synchronization

/// The connections of a listener; see ``ConnectionBook``.
final class ConnectionRegister: Sendable {
    private struct State {
        var book: ConnectionBook
        var closers: [UInt64: @Sendable () -> Void] = [:]
        var nextID: UInt64 = 0
    }

    private let state: Mutex<State>

    init(bounds: HTTPBounds) {
        state = Mutex(State(book: ConnectionBook(bounds: bounds)))
    }

    /// Whether a connection may stay, and as what.
    enum Place {
        case admitted(UInt64)
        /// Say so and close; it too has a number to be ended with.
        case refused(UInt64)
        case dropped
    }

    /// Finds a place for a new connection.
    ///
    /// `address` is what ``name(of:)`` says. `close` closes the connection when it must give way; it may be called on
    /// any thread, once.
    func opened(from address: String, close: @escaping @Sendable () -> Void) -> Place {
        let (place, closer) = state.withLock { state -> (Place, (@Sendable () -> Void)?) in
            let id = state.nextID
            state.nextID += 1
            switch state.book.opened(id, from: address) {
            case .admitted:
                state.closers[id] = close
                return (.admitted(id), nil)
            case .admittedInsteadOf(let other):
                state.closers[id] = close
                return (.admitted(id), state.closers.removeValue(forKey: other))
            case .refused: return (.refused(id), nil)
            case .dropped: return (.dropped, nil)
            }
        }
        closer?()
        return place
    }

    func changed(_ id: UInt64, isBusy: Bool) {
        state.withLock { $0.book.changed(id, isBusy: isBusy) }
    }

    func closed(_ id: UInt64) {
        state.withLock { state in
            state.book.closed(id)
            state.closers[id] = nil
        }
    }

    /// What counts as one address: of IPv6 the first 64 bits, since one host has all of the rest.
    static func name(of address: SocketAddress?) -> String {
        switch address {
        case .v4: return address?.ipAddress ?? ""
        case .v6(let v6):
            // `struct sockaddr_in6`: family, port, flow, then the address.
            let bytes = SocketAddress.v6(v6).withSockAddr { start, size in
                Array(UnsafeRawBufferPointer(start: start, count: size).dropFirst(8).prefix(16))
            }
            let isIPv4 = bytes.prefix(12).elementsEqual([UInt8](repeating: 0, count: 10) + [0xFF, 0xFF])
            return bytes.prefix(isIPv4 ? 16 : 8).map { String($0, radix: 16) }.joined(separator: ":")
        case .unixDomainSocket, nil: return ""
        }
    }
}
