package import Logging
import Synchronization

/// Keeps what is logged and reports each record, so that a test can wait for one and search them all.
package final class LogRecorder: Sendable {
    package struct Record: Sendable {
        package var level: Logger.Level
        package var message: String
        package var metadata: [String: String]
    }

    private let state = Mutex<[Record]>([])
    private let stream: AsyncStream<Record>
    private let report: AsyncStream<Record>.Continuation

    package init() {
        (stream, report) = AsyncStream.makeStream()
    }

    /// A logger that records everything down to `trace`.
    package var logger: Logger {
        Logger(label: "test") { _ in Handler(recorder: self) }
    }

    /// Everything so far.
    package var records: [Record] { state.withLock { $0 } }

    /// Waits for the next record with this message; each record is looked at once.
    package func next(_ message: String) async -> Record? {
        for await record in stream where record.message == message { return record }
        return nil
    }

    /// Waits for the next record with each of these messages, whichever comes first; each record is looked at once.
    ///
    /// - Returns: Whether all came.
    package func next(all messages: Set<String>) async -> Bool {
        var missing = messages
        for await record in stream {
            missing.remove(record.message)
            if missing.isEmpty { return true }
        }
        return false
    }

    private func append(_ record: Record) {
        state.withLock { $0.append(record) }
        report.yield(record)
    }

    private struct Handler: LogHandler {
        let recorder: LogRecorder
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        init(recorder: LogRecorder) {
            self.recorder = recorder
        }

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let all = metadata.merging(event.metadata ?? [:]) { $1 }
            recorder.append(
                Record(
                    level: event.level,
                    message: event.message.description,
                    metadata: all.mapValues(\.description)
                )
            )
        }
    }
}
