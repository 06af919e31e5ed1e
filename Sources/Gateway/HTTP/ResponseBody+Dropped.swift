import Hummingbird
import Synchronization

extension ResponseBody {
    /// A body that says so if it is dropped before its writing began, as when the answer's head could not be sent.
    ///
    /// - Parameters:
    ///   - dropped: Called at most once, and never if `write` was.
    ///   - write: Writes the body.
    /// - Returns: The body, of a length that nobody knows before.
    static func noticing(
        dropped: @escaping @Sendable () -> Void,
        write: @escaping @Sendable (inout any ResponseBodyWriter) async throws -> Void
    ) -> ResponseBody {
        let unwritten = Unwritten(dropped)
        return ResponseBody { writer in
            unwritten.begins()
            try await write(&writer)
        }
    }
}

/// Goes with a body that nobody has begun to write.
private final class Unwritten: Sendable {
    private let dropped: Mutex<(@Sendable () -> Void)?>

    init(_ dropped: @escaping @Sendable () -> Void) {
        self.dropped = Mutex(dropped)
    }

    deinit { take()?() }

    func begins() { _ = take() }

    private func take() -> (@Sendable () -> Void)? {
        dropped.withLock { dropped in
            defer { dropped = nil }
            return dropped
        }
    }
}
