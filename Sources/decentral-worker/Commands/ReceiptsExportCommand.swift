import ArgumentParser
import Foundation
import Operations
import WorkerStore

struct ReceiptsExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Print one of a job's documents, byte for byte as it was signed.",
        discussion: "Any DSSE library can verify what is printed; so does `receipts verify FILE`."
    )

    enum Document: String, CaseIterable, ExpressibleByArgument {
        case offer
        case receipt
        case statement
    }

    @Argument(help: "The job's id, job_….")
    var job: String

    @Option(name: .long, help: "Which document: offer, receipt or statement.")
    var document = Document.receipt

    @OptionGroup var options: ConfigurationOption

    func run() async throws {
        let evidence = try await options.history().knownEvidence(ofJob: job)
        let text: [UInt8]? =
            switch document {
            case .offer: evidence.offer
            case .receipt: evidence.receipt
            case .statement: evidence.statement
            }
        guard let text else {
            throw CommandError(.failed, "\(job) has no statement: its receipt is \(evidence.state.rawValue)")
        }
        FileHandle.standardOutput.write(Data(text) + Data("\n".utf8))
    }
}
