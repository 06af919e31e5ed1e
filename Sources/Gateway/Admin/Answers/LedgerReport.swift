/// What an audit of the whole ledger found.
package struct LedgerReport: Codable, Sendable, Equatable {
    /// Something that does not hold.
    package struct Finding: Codable, Sendable, Equatable {
        /// The number of the entry that it is about; nil if it is about none.
        package var sequence: Int?
        package var message: String
    }

    /// Whose signature every entry must have; base58.
    package var signer: String
    /// How many entries were walked.
    package var entryCount: Int
    /// How many findings there are; those that are not listed included.
    package var findingCount: Int
    package var findings: [Finding]

    package var isClean: Bool { findingCount == 0 }

    private enum CodingKeys: String, CodingKey {
        case signer
        case entryCount = "entry_count"
        case findingCount = "finding_count"
        case findings
    }
}
