package import ArgumentParser
import Foundation

/// The way from `main` through a command to an exit status.
///
/// ArgumentParser's own `main()` ends with 64 on wrong usage and knows only one way to fail; scripts are promised the
/// numbers of ``ExitStatus``.
package enum CommandLineEntry {
    /// How a command line ended and what is to be said about it.
    package struct Outcome: Equatable, Sendable {
        package var status: ExitStatus
        /// For standard output: help, a version.
        package var output: String
        /// For standard error, each line with its end.
        package var complaint: String

        package init(status: ExitStatus, output: String = "", complaint: String = "") {
            self.status = status
            self.output = output
            self.complaint = complaint
        }
    }

    /// Parses the arguments, runs the command and ends the process with its status.
    package static func main<Root: ParsableCommand>(_ root: Root.Type) async -> Never {
        let outcome = await self.run(root, arguments: Array(CommandLine.arguments.dropFirst()))
        StandardOutput.write(outcome.output)
        FileHandle.standardError.write(Data(outcome.complaint.utf8))
        exit(outcome.status.rawValue)
    }

    /// Parses `arguments` and runs the command that they name.
    package static func run<Root: ParsableCommand>(_ root: Root.Type, arguments: [String]) async -> Outcome {
        do {
            var command = try root.parseAsRoot(arguments)
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
            return Outcome(status: .done)
        } catch {
            return self.outcome(of: error, root)
        }
    }

    private static func outcome<Root: ParsableCommand>(of error: any Error, _ root: Root.Type) -> Outcome {
        let name = root.configuration.commandName ?? root._commandName
        switch error {
        case let error as CommandError:
            return Outcome(status: error.code, complaint: "\(name): \(error)\n")
        case let error as ConfigurationError:
            return Outcome(status: .usage, complaint: "\(name): wrong configuration\n\(error)\n")
        case let status as ExitStatus:
            return Outcome(status: status)
        default:
            break
        }
        let message = root.fullMessage(for: error)
        let text = message.isEmpty ? "" : message + "\n"
        switch root.exitCode(for: error) {
        case .success: return Outcome(status: .done, output: text)
        case .validationFailure: return Outcome(status: .usage, complaint: text)
        case let code: return Outcome(status: ExitStatus(rawValue: code.rawValue) ?? .failed, complaint: text)
        }
    }
}

/// A command that has said everything ends by throwing its status: `throw ExitStatus.negative`.
extension ExitStatus: Error {}
