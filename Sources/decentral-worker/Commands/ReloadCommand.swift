import ArgumentParser
import Operations
import Worker

struct ReloadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reload",
        abstract: "Apply a changed configuration file; no job and no session is lost.",
        discussion: "Prints what changed and what needs a restart. A file with a problem changes nothing: exit code 2."
    )

    @OptionGroup var options: ConfigurationOption
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let change: ConfigurationChange = try await options.client().post("/v1/reload")
        try output.print(change) { $0.text }
    }
}
