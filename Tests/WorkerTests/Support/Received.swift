import Backends
import Foundation
import InferenceAPI
import Synchronization
import TestSupport
import Testing
import WorkerProtocol

@testable import Worker

extension AsyncStream<WireWorkerMessage.OneOf_Message>.Iterator {
    /// Waits for the next message that `choose` takes.
    private mutating func first<Value>(
        _ choose: (WireWorkerMessage.OneOf_Message) -> Value?
    ) async throws -> Value {
        while let message = await next(isolation: nil) {
            if let value = choose(message) { return value }
        }
        throw Unexpected("the worker sent nothing more")
    }

    mutating func announce() async throws -> WireAnnounce {
        try await first { if case .announce(let announce) = $0 { announce } else { nil } }
    }

    mutating func draining() async throws {
        try await first { if case .draining = $0 { () } else { nil } }
    }

    mutating func accepted() async throws -> String {
        try await first { if case .jobAccepted(let accepted) = $0 { accepted.jobID } else { nil } }
    }

    /// Waits for a refusal, and hands over the ends of jobs before it.
    mutating func refused(_ onEnd: (WireJobFinished) -> Void = { _ in }) async throws -> WireJobRefused {
        try await first { message in
            if case .jobFinished(let finished) = message { onEnd(finished) }
            if case .jobRefused(let refused) = message { return refused }
            return nil
        }
    }

    mutating func selfTestRequest() async throws -> WireSelfTestRequest {
        try await first { if case .selfTestRequest(let request) = $0 { request } else { nil } }
    }

    mutating func recordRequest() async throws -> WireRecordRequest {
        try await first { if case .recordRequest(let request) = $0 { request } else { nil } }
    }

    mutating func delta() async throws -> WireJobDelta {
        try await first { if case .jobDelta(let delta) = $0 { delta } else { nil } }
    }

    mutating func failed() async throws -> WireJobFailed {
        try await first { if case .jobFailed(let failed) = $0 { failed } else { nil } }
    }

    /// Waits for the end of a job, and hands over the deltas before it.
    mutating func finished(_ onDelta: (WireJobDelta) -> Void = { _ in }) async throws -> WireJobFinished {
        try await first { message in
            if case .jobDelta(let delta) = message { onDelta(delta) }
            if case .jobFinished(let finished) = message { return finished }
            return nil
        }
    }
}

extension TestWorker {
    /// Returns once the backend was asked how it is.
    func untilHealthy() async throws {
        if parts.models.snapshot.entries.allSatisfy({ $0.health == .healthy }) { return }
        try await untilLogged("backend changed")
    }
}

extension ScriptedBackend {
    /// Returns once its long-lived part has ended.
    func untilEnded() async throws {
        for await event in events {
            if case .ended = event { return }
        }
        throw Unexpected("the backend did not end")
    }

    /// Returns once a generation was cancelled.
    func untilCancelled() async throws {
        for await event in events {
            if case .generationCancelled = event { return }
        }
        throw Unexpected("no generation was cancelled")
    }
}

extension WireNetworkMessage {
    static func cancel(_ id: JobID, _ reason: WireCancelReason) -> WireNetworkMessage {
        .make {
            $0.jobCancel.jobID = id.description
            $0.jobCancel.reason = reason
        }
    }
}

extension TemporaryDirectory {
    /// A file's bytes, as text.
    func bytes(_ name: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(fileURLWithPath: "\(path)/\(name)")), as: UTF8.self)
    }
}

/// Carries a value out of a concurrent closure.
final class Kept<Value: Sendable>: Sendable {
    private let state = Mutex<Value?>(nil)

    var value: Value? {
        get { state.withLock { $0 } }
        set { state.withLock { $0 = newValue } }
    }
}
