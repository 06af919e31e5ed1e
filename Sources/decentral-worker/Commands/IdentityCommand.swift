import ArgumentParser
import Foundation
import Operations
import Signing
import Worker

struct IdentityCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "identity",
        abstract: "The key that this worker signs and earns with.",
        subcommands: [IdentityShowCommand.self, IdentityCreateCommand.self]
    )
}

struct IdentityShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Print the worker's address.",
        discussion: "From the identity file; where that may not be read, from the running daemon."
    )

    @OptionGroup var options: ConfigurationOption
    @OptionGroup var output: OutputOptions

    private struct Answer: Encodable {
        var address: String
    }

    func run() async throws {
        let configuration = try options.load()
        let file = configuration.worker.identityFile
        let address: String
        do throws(SigningError) {
            address = try IdentityFile.load(path: file).address.description
        } catch {
            guard error.code == .fileInaccessible else {
                let hint = error.code == .fileMissing ? "\(WorkerDaemon.program) identity create makes one" : nil
                throw CommandError(.failed, "cannot read the identity: \(error)", hint: hint, cause: error)
            }
            let status: WorkerStatus = try await options.client().get("/v1/status")
            address = status.address
        }
        try output.print(Answer(address: address)) { "\($0.address)\n" }
    }
}

struct IdentityCreateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Create an identity and print its address; a file that is there is left as it is."
    )

    @Argument(help: "The file to write; default: the one that the configuration names.")
    var file: String?

    @OptionGroup var options: ConfigurationOption

    func run() throws {
        if let file { return print(try WorkerIdentity.create(path: file).address) }
        let section = try options.load().worker
        try StateDirectory.prepare(section.stateDirectory)
        print(try WorkerIdentity.create(path: section.identityFile).address)
    }
}
