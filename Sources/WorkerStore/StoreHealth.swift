import GRDB
import SQLiteStore
import Synchronization

/// Whether commits succeed, and which small writes wait until they do.
final class StoreHealth: Sendable {
    typealias Write = @Sendable (Database) throws -> Void

    /// Most writes that are kept.
    ///
    /// Past it the oldest gives way: its job is `running` until the next start, which fails it.
    static let keptLimit = 4_096

    private struct State {
        var failure: StoreError?
        var kept: [Write] = []
        var tell: @Sendable () -> Void = {}
    }

    private let state = Mutex(State())

    /// Why the last commit that failed did; nil once a try has succeeded since.
    var failure: StoreError? { state.withLock { $0.failure } }

    /// Calls `tell` from now on whenever a commit has failed.
    func onFailure(_ tell: @escaping @Sendable () -> Void) {
        state.withLock { $0.tell = tell }
    }

    func commitFailed(_ failure: StoreError) {
        let tell = state.withLock { state in
            state.failure = failure
            return state.tell
        }
        tell()
    }

    /// Keeps a write that failed for the database's sake.
    func keep(_ write: @escaping Write) {
        state.withLock { state in
            if state.kept.count >= Self.keptLimit { state.kept.removeFirst() }
            state.kept.append(write)
        }
    }

    /// A try succeeded.
    ///
    /// - Returns: The writes that were kept, in their order, for the next commit.
    func recovered() -> [Write] {
        state.withLock { state in
            state.failure = nil
            defer { state.kept = [] }
            return state.kept
        }
    }
}
