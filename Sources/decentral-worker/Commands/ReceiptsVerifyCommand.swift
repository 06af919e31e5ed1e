import ArgumentParser
import Foundation
import Operations
import Receipts
import Signing

struct ReceiptsVerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Verify an offer, a receipt or a statement, without network and without configuration.",
        discussion: """
            Checks the signature against the address that the document names, and the form of the payload. Whether that
            address is the one you trust is yours to decide. Exit code 0 if everything holds, 4 if not.
            """
    )

    @Argument(help: "A file with one document; - reads standard input.")
    var file: String

    @OptionGroup var output: OutputOptions

    func run() throws {
        let verdict = Verdict(try DocumentVerifier(examining: read()))
        try output.print(verdict) { $0.text }
        guard verdict.valid else { throw ExitStatus.negative }
    }

    private func read() throws -> [UInt8] {
        do {
            if file == "-" { return Array(FileHandle.standardInput.readDataToEndOfFile()) }
            return Array(try Data(contentsOf: URL(fileURLWithPath: file)))
        } catch {
            throw CommandError(.failed, "\(file): cannot be read: \(error.localizedDescription)", cause: error)
        }
    }
}

/// What a verification came to.
private struct Verdict: Encodable {
    var valid: Bool
    var kind: String?
    var payloadType: String
    var signers: [String]
    var payloadDigest: String
    var problems: [String]
    var text: String

    private enum CodingKeys: String, CodingKey {
        case valid, kind, signers, problems
        case payloadType = "payload_type"
        case payloadDigest = "payload_digest"
    }

    init(_ document: DocumentVerifier) {
        valid = document.isValid
        kind = document.kind?.rawValue
        payloadType = document.payloadType
        signers = document.signers.map(\.keyID)
        payloadDigest = document.payloadDigest.description
        problems = document.problems
        text = document.text
    }
}
