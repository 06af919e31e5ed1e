package import Logging
import Operations

/// Sets how much is logged while the daemon runs.
struct LogLevelControl: Sendable {
    let output: LogOutput
    let logger: Logger

    /// Holds until the next restart, or the next reload that changes `[log] level`.
    func set(_ level: Logger.Level) -> LogLevelReport {
        let former = output.level
        output.level = level
        // Told in the log at a level that is seen before and after.
        logger.log(
            level: max(level, former, .notice),
            "log level changed",
            metadata: ["level": "\(level)", "former": "\(former)"]
        )
        return LogLevelReport(level: level.rawValue, former: former.rawValue)
    }
}

/// What `POST /v1/log-level` takes.
package struct LogLevelRequest: Codable, Sendable {
    package var level: String

    package init(level: Logger.Level) {
        self.level = level.rawValue
    }

    private enum CodingKeys: String, CodingKey {
        case level
    }
}

/// What `POST /v1/log-level` answers.
package struct LogLevelReport: Codable, Sendable, Equatable {
    package var level: String
    /// The level until now.
    package var former: String

    private enum CodingKeys: String, CodingKey {
        case level, former
    }
}
