import ArgumentParser
import Operations
import Worker

/// The command line of the worker.
@main
struct DecentralWorker: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: WorkerDaemon.program,
        abstract: "Hosts models for the Decentral inference network, and is paid for each job.",
        discussion: """
            Set up with `init`, check with `config check`, start with `run`; then `status` tells how it is.

            Exit codes: 0 done, 1 failed, 2 wrong usage or configuration, \
            3 the daemon could not be reached, 4 the answer is "no".
            """,
        version: WorkerDaemon.version,
        subcommands: [
            RunCommand.self, InitCommand.self, ConfigCommand.self, DoctorCommand.self, BenchmarkCommand.self,
            StatusCommand.self, WhyCommand.self, SelftestCommand.self, ReconcileCommand.self, TopCommand.self,
            ModelsCommand.self, JobsCommand.self, PayoutsCommand.self, EarningsCommand.self, ReceiptsCommand.self,
            PauseCommand.self, ResumeCommand.self, DrainCommand.self, ReloadCommand.self, LogLevelCommand.self,
            IdentityCommand.self,
        ]
    )

    static func main() async {
        await CommandLineEntry.main(Self.self)
    }
}
