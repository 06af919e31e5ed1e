import Synchronization

/// The bytes of all bodies in progress: what would be too much is not given out.
///
/// No address gets more than its share, and large bodies leave a reserve to small ones: whoever sends as much as it can
/// keeps neither other addresses nor ordinary requests out.
package final class BodyBudget: Sendable {
    private struct State {
        var used = 0
        /// Bytes of each address that has any.
        var byAddress: [String: Int] = [:]
    }

    private let bounds: HTTPBounds
    private let state = Mutex(State())

    package init(bounds: HTTPBounds) {
        self.bounds = bounds
    }

    package var bytesInUse: Int { state.withLock { $0.used } }

    /// Takes `bytes` of a body, to be given back with ``giveBack(_:from:)``.
    ///
    /// - Parameters:
    ///   - bytes: How many have come.
    ///   - address: Who sends them, as ``ConnectionRegister/name(of:)`` has it.
    ///   - soFar: Bytes of the same body that were taken before.
    /// - Returns: False if there are not that many left; nothing is taken then.
    func take(_ bytes: Int, from address: String, soFar: Int) -> Bool {
        let isSmall = bytes <= HTTPBounds.smallBody - soFar
        let limit = isSmall ? bounds.bodyBytes : bounds.bodyBytes - bounds.smallBodiesReserve
        return state.withLock { state in
            let ofAddress = state.byAddress[address, default: 0]
            guard bytes <= limit - state.used, bytes <= bounds.bodyBytesPerAddress - ofAddress else { return false }
            state.used += bytes
            if bytes > 0 { state.byAddress[address] = ofAddress + bytes }
            return true
        }
    }

    func giveBack(_ bytes: Int, from address: String) {
        state.withLock { state in
            state.used -= bytes
            let left = state.byAddress[address, default: 0] - bytes
            state.byAddress[address] = left > 0 ? left : nil
        }
    }
}
