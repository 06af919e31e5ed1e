import ArgumentParser
import Operations
import Receipts
import Signing
import Worker
import WorkerStore

struct ReceiptsShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show a job's offer, receipt and statement, each with its signature checked."
    )

    @Argument(help: "The job's id, job_….")
    var job: String

    @OptionGroup var options: ConfigurationOption
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let evidence = try await options.history().knownEvidence(ofJob: job)
        try output.print(EvidenceReport(evidence)) { report in
            let documents = [evidence.offer, evidence.receipt, evidence.statement].compactMap(\.self)
            let texts = documents.map { (try? DocumentVerifier(examining: $0))?.text ?? "not an envelope\n" }
            let reason = report.reason.map { ": \(SafeText.line($0))" } ?? ""
            return "receipt of \(report.jobID): \(report.state)\(reason)\n\n" + texts.joined(separator: "\n")
        }
    }
}

extension WorkerHistory {
    /// The evidence of a job, by its id.
    ///
    /// - Throws: ``ExitStatus/failed`` if there is no such job, or it has no receipt.
    func knownEvidence(ofJob id: String) async throws -> JobEvidence {
        if let evidence = try await evidence(ofJob: id) { return evidence }
        guard let job = try await job(id) else {
            throw CommandError(.failed, "there is no job \(SafeText.line(id)) in this worker's database")
        }
        throw CommandError(.failed, "\(job.key.jobID) has no receipt: it is \(job.status.rawValue)")
    }
}

extension DocumentVerifier {
    /// The document as a person reads it, its faults first.
    var text: String {
        let kind = kind.map(\.rawValue) ?? "unknown document"
        let signed = signers.map(\.keyID).joined(separator: ", ")
        var lines = [isValid ? "\(kind): verified, signed by \(signed)" : "\(kind): NOT valid"]
        lines += problems.map { "  problem: \($0)" }
        lines += fields.map { "  " + $0.name.padding(to: 24) + $0.value }
        lines.append("  " + "payload digest".padding(to: 24) + payloadDigest.description)
        return lines.map { SafeText.line($0) + "\n" }.joined()
    }
}
