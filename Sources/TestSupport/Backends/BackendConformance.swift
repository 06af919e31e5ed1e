package import Backends
package import InferenceAPI
import Synchronization

/// What every backend promises, as checks that run against each conformance and the double.
///
/// A suite prepares a backend that behaves as a case asks for, and calls the check; a broken promise is thrown as a
/// ``Violation``, whose text says which.
package struct BackendConformance: Sendable {
    package struct Violation: Error, CustomStringConvertible {
        package var description: String
    }

    /// Collects what a backend delivers.
    package final class Collected: Sendable {
        private let state = Mutex<[[ChoiceDelta]]>([])

        package init() {}

        package func append(_ deltas: [ChoiceDelta]) {
            state.withLock { $0.append(deltas) }
        }

        /// The deltas of each call of `deliver`.
        package var deliveries: [[ChoiceDelta]] { state.withLock { $0 } }

        package var deltas: [ChoiceDelta] { deliveries.flatMap(\.self) }

        package func content(ofChoice index: Int = 0) -> String {
            deltas.filter { $0.index == index }.map(\.content).joined()
        }
    }

    private let backend: any InferenceBackend
    private let request: GenerationRequest

    /// - Parameters:
    ///   - backend: The backend to check.
    ///   - request: A request that it answers with some text and a finish reason.
    package init(_ backend: any InferenceBackend, request: GenerationRequest) {
        self.backend = backend
        self.request = request
    }

    /// All that a running backend promises, in an order in which each check also shows that the one before left no
    /// trace: what was cancelled, timed out or failed in its receiver costs the next request nothing.
    ///
    /// - Parameter long: A request that goes on for long after its first output.
    /// - Throws: ``Violation`` for the first promise that is broken, or what the backend threw against its promise.
    package func keepsItsPromises(long: GenerationRequest) async throws {
        try await isHealthy()
        let endless = BackendConformance(backend, request: long)
        let checks: [() async throws -> Void] = [
            throwsOnWhatDeliverThrows, deliversOneAfterTheOther, endless.endsWhenCancelled,
            endless.endsWhenCancelledBeforeItBegins, endless.failsInTime, servesSeveralAtOnce,
        ]
        for check in checks {
            try await check()
            _ = try await deliversWholeReply()
        }
        try await isHealthy()
    }

    /// A backend that runs says that it does.
    package func isHealthy() async throws {
        let health = await backend.probe()
        try expect(health.state == .healthy, "a running backend says it is \(health.state): \(health.reason)")
        try expect(health.reason.isEmpty, "a healthy backend has no reason to give")
    }

    /// A whole reply: text, then one finish reason for each choice, and nothing after.
    package func deliversWholeReply() async throws -> (Collected, GenerationSummary) {
        let collected = Collected()
        let summary = try await backend.generate(request) { collected.append($0) }
        try expect(!collected.deliveries.contains(where: \.isEmpty), "no delivery is empty")
        try expect(!collected.deltas.contains(where: \.isEmpty), "no delta is empty")
        for choice in 0..<request.choiceCount {
            let deltas = collected.deltas.filter { $0.index == choice }
            try expect(deltas.last?.finishReason != nil, "choice \(choice) ends with its finish reason")
            try expect(
                deltas.dropLast().allSatisfy { $0.finishReason == nil },
                "choice \(choice) has one finish reason"
            )
        }
        let indices = Set(collected.deltas.map(\.index))
        try expect(indices.isSubset(of: Set(0..<request.choiceCount)), "no choice is invented: \(indices)")
        let textDeltas = collected.deltas.count { $0.textBytes > 0 }
        try expect(summary.textDeltaCount == textDeltas, "the deltas with text are counted")
        return (collected, summary)
    }

    /// An error of `deliver` ends the request and is thrown on as it is.
    package func throwsOnWhatDeliverThrows() async throws {
        struct Full: Error {}
        do {
            _ = try await backend.generate(request) { _ in throw Full() }
            throw Violation(description: "an error of deliver was swallowed")
        } catch is Full {
            return
        }
    }

    /// A cancelled task ends with `CancellationError`; the request must be one that would go on for long.
    package func endsWhenCancelled() async throws {
        let (began, report) = AsyncStream<Void>.makeStream()
        let backend = backend
        let request = request
        let task = Task {
            try await backend.generate(request) { _ in report.yield() }
        }
        for await _ in began { break }
        task.cancel()
        do {
            _ = try await task.value
            throw Violation(description: "a cancelled request came to a regular end")
        } catch is CancellationError {
            return
        }
    }

    /// A task that was cancelled before asks nothing.
    package func endsWhenCancelledBeforeItBegins() async throws {
        let backend = backend
        let request = request
        let gate = Gate()
        let task = Task {
            // Ends with the cancellation.
            try? await gate.waitUntilOpen()
            return try await backend.generate(request) { _ in }
        }
        task.cancel()
        do {
            _ = try await task.value
            throw Violation(description: "a request that was cancelled before it began came to a regular end")
        } catch is CancellationError {
            return
        }
    }

    /// `deliver` is not called again before it has returned.
    package func deliversOneAfterTheOther() async throws {
        let isDelivering = Mutex(false)
        let overlaps = Mutex(0)
        _ = try await backend.generate(request) { _ in
            let overlap = isDelivering.withLock { isDelivering in
                defer { isDelivering = true }
                return isDelivering
            }
            if overlap { overlaps.withLock { $0 += 1 } }
            await Task.yield()
            isDelivering.withLock { $0 = false }
        }
        try expect(overlaps.withLock { $0 } == 0, "a delivery began while another was under way")
    }

    /// A request that takes longer than it may ends with `timeout`; it must be one that would go on for long.
    package func failsInTime() async throws {
        var request = request
        request.timeouts.total = .milliseconds(20)
        do {
            _ = try await backend.generate(request) { _ in }
            throw Violation(description: "a request that took too long came to a regular end")
        } catch let error as BackendError {
            try expect(error.code == .timeout, "a request that took too long failed as \(error.code): \(error)")
        }
    }

    /// Requests at once do not get into each other's replies.
    package func servesSeveralAtOnce() async throws {
        let backend = backend
        let request = request
        let texts = try await withThrowingTaskGroup(of: String.self) { requests in
            for _ in 0..<4 {
                requests.addTask {
                    let collected = Collected()
                    _ = try await backend.generate(request) { collected.append($0) }
                    return collected.content()
                }
            }
            return try await requests.reduce(into: []) { $0.append($1) }
        }
        try expect(Set(texts).count == 1, "the same request at once has the same reply: \(texts)")
    }

    /// `run()` returns when its task is cancelled.
    package func runEndsWhenCancelled() async throws {
        let backend = backend
        let task = Task { try await backend.run() }
        task.cancel()
        try await task.value
    }

    private func expect(_ holds: Bool, _ promise: String) throws {
        if !holds { throw Violation(description: promise) }
    }
}
