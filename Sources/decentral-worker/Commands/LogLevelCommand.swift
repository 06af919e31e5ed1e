import ArgumentParser
import Logging
import Operations
import Worker

struct LogLevelCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "log-level",
        abstract: "Set how much is logged, until the next restart or a reload with another level."
    )

    private static let words = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")

    @Argument(help: "One of \(words). None writes a prompt or an output.", transform: Self.level)
    var level: Logger.Level

    @OptionGroup var options: ConfigurationOption
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let request = LogLevelRequest(level: level)
        let report: LogLevelReport = try await options.client().post("/v1/log-level", request)
        try output.print(report) { "the log level is \($0.level), was \($0.former)\n" }
    }

    private static func level(_ text: String) throws -> Logger.Level {
        guard let level = Logger.Level(rawValue: text) else { throw ValidationError("expected one of \(words)") }
        return level
    }
}
