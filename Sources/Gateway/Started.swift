import Synchronization

/// Says once that everything stands, when each part has said so.
final class Started: Sendable {
    private let missing: Mutex<Int>
    private let whenAll: @Sendable () -> Void

    init(expected: Int, whenAll: @escaping @Sendable () -> Void) {
        missing = Mutex(expected)
        self.whenAll = whenAll
    }

    /// One more part stands.
    func one() {
        let isLast = missing.withLock { missing in
            missing -= 1
            return missing == 0
        }
        if isLast { whenAll() }
    }
}
