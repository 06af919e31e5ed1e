import ArgumentParser
import Operations
import Worker

struct ResumeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "Take jobs again after a pause."
    )

    @OptionGroup var options: ConfigurationOption
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let status: WorkerStatus = try await options.client().post("/v1/resume")
        try output.print(status) { "\($0.name) takes jobs again\n" }
    }
}
