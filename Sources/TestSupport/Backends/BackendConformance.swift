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
