import Synchronization

/// A number of bytes that many share: what would be too much is not given out.
package final class ByteBudget: Sendable {
    package let limit: Int
    private let used = Mutex(0)

    package init(limit: Int) {
        self.limit = limit
    }

    package var bytesInUse: Int { used.withLock { $0 } }

    /// Takes `bytes`, to be given back with ``giveBack(_:)``.
    ///
    /// - Returns: False if there are not that many left; nothing is taken then.
    func take(_ bytes: Int) -> Bool {
        used.withLock { used in
            guard bytes <= limit - used else { return false }
            used += bytes
            return true
        }
    }

    func giveBack(_ bytes: Int) {
        used.withLock { $0 -= bytes }
    }
}
