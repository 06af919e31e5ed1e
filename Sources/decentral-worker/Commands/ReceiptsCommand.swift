import ArgumentParser

struct ReceiptsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "receipts",
        abstract: "Look at the signed evidence of jobs, and verify it.",
        subcommands: [ReceiptsShowCommand.self, ReceiptsExportCommand.self, ReceiptsVerifyCommand.self]
    )
}
