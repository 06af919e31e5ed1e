import AsyncHTTPClient
import Synchronization

/// Ends a request whose phases take too long.
///
/// It holds the ``GenerationTimer`` of a request and waits beside it, one waiting task for the current phase and one
/// for the total; the path of a token only writes down when it came.
final class GenerationWatchdog: Sendable {
    private let timer: Mutex<GenerationTimer>
    private let timeouts: GenerationTimeouts
    private let stopwatch: Stopwatch
    private let endRequest: @Sendable (BackendError) -> Void

    /// - Parameters:
    ///   - timeouts: The limits.
    ///   - stopwatch: Started with the request.
    ///   - endRequest: Fails the request with the error, so that its reader gets it.
    init(
        _ timeouts: GenerationTimeouts,
        stopwatch: Stopwatch,
        endRequest: @escaping @Sendable (BackendError) -> Void
    ) {
        timer = Mutex(GenerationTimer(timeouts))
        self.timeouts = timeouts
        self.stopwatch = stopwatch
        self.endRequest = endRequest
    }

    func requestSent() {
        timer.withLock { $0.requestSent(at: stopwatch.elapsed) }
    }

    /// Notes the arrival of text; returns whether it was the first, so that the next phase needs a watch.
    func tokensArrived() -> Bool {
        timer.withLock { timer in
            let isFirst = timer.phase != .betweenTokens
            timer.tokensArrived(at: stopwatch.elapsed)
            return isFirst
        }
    }

    /// Runs a delivery, whose time is not the backend's.
    func whileDelivering(_ deliver: () async throws -> Void) async throws {
        timer.withLock { $0.deliveryBegan() }
        defer { timer.withLock { $0.deliveryEnded(at: stopwatch.elapsed) } }
        try await deliver()
    }

    /// Watches one phase until it is over or has expired, or the task is cancelled.
    func watch(_ phase: GenerationTimer.Phase) async {
        while true {
            switch timer.withLock({ $0.verdict(on: phase, at: stopwatch.elapsed) }) {
            case .over:
                return
            case .expired(let phase):
                return endRequest(.timeout(in: phase, timeouts))
            case .wait(let duration):
                guard (try? await stopwatch.sleep(for: duration)) != nil else { return }
            }
        }
    }
}
