import Glibc
package import Logging
import Synchronization

/// Where the whole process logs, and how much.
///
/// One value for a process, made at the entry point. Its level can be changed while it runs and then holds for every
/// logger that has not set one of its own.
package final class LogOutput: Sendable {
    private let format: LogFormat
    private let destination: LogDestination
    private let clock: WallClock
    /// The position in `Logger.Level.allCases`; read for every log call, so an atomic and not a mutex.
    private let levelIndex: Atomic<Int>
    /// Keeps lines whole: a write longer than a pipe's buffer may be split by the kernel.
    private let write: Mutex<@Sendable ([UInt8]) -> Void>

    /// Logs to standard error.
    package convenience init(format: LogFormat, destination: LogDestination, level: Logger.Level) {
        self.init(
            format: format,
            destination: destination,
            level: level,
            clock: .live,
            write: Self.writeToStandardError
        )
    }

    package init(
        format: LogFormat,
        destination: LogDestination,
        level: Logger.Level,
        clock: WallClock,
        write: @escaping @Sendable ([UInt8]) -> Void
    ) {
        self.format = format
        self.destination = destination
        self.clock = clock
        self.levelIndex = Atomic(Self.index(of: level))
        self.write = Mutex(write)
    }

    /// The level of every logger that has not set its own.
    package var level: Logger.Level {
        get { Logger.Level.allCases[self.levelIndex.load(ordering: .relaxed)] }
        set { self.levelIndex.store(Self.index(of: newValue), ordering: .relaxed) }
    }

    /// A logger for one part of the program, for example `worker.session`.
    package func makeLogger(label: String) -> Logger {
        Logger(label: label) { LineLogHandler(label: $0, output: self) }
    }

    /// Makes this the output of libraries' own loggers, too; once in a process, at the entry point.
    package func bootstrap() {
        LoggingSystem.bootstrap { LineLogHandler(label: $0, output: self) }
    }

    /// Writes one record as one line.
    func log(_ record: LogRecord) {
        let line = record.line(
            format: self.format,
            destination: self.destination,
            milliseconds: self.clock.nowMilliseconds
        )
        let bytes = Array(line.utf8)
        self.write.withLock { $0(bytes) }
    }

    private static func index(of level: Logger.Level) -> Int {
        Logger.Level.allCases.firstIndex(of: level) ?? 0
    }

    private static func writeToStandardError(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            // Nowhere to complain to.
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }
}
