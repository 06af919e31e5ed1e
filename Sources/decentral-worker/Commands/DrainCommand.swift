import ArgumentParser
import Operations
import Worker

struct DrainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drain",
        abstract: "Finish running jobs, then end the daemon, as SIGTERM does."
    )

    @OptionGroup var options: ConfigurationOption
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let status: WorkerStatus = try await options.client().post("/v1/drain")
        try output.print(status) { "\($0.name) drains: it ends when the running jobs are done\n" }
    }
}
