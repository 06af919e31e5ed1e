import ArgumentParser
import Operations
import Worker

struct PauseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause",
        abstract: "Take no jobs until resume, also after a restart; running ones finish."
    )

    @OptionGroup var options: ConfigurationOption
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let status: WorkerStatus = try await options.client().post("/v1/pause")
        try output.print(status) { "\($0.name) is paused: running jobs finish, no others are taken\n" }
    }
}
