package import SQLiteStore
package import Signing

/// What an audit of a ledger found.
package struct LedgerAudit: Sendable, Equatable {
    /// Something that does not hold.
    package struct Finding: Sendable, Equatable, CustomStringConvertible {
        /// The entry that it is about.
        package let sequence: Int?
        /// A sentence, with what was found and what was expected.
        package let message: String

        package var description: String {
            sequence.map { "entry \($0): \(message)" } ?? message
        }
    }

    /// Findings beyond this many are counted and not kept.
    package static let findingLimit = 1_000

    /// How many entries were walked.
    package internal(set) var entryCount = 0
    package internal(set) var findings: [Finding] = []
    /// How many there are, also those that are not kept.
    package internal(set) var findingCount = 0

    package var isClean: Bool { findingCount == 0 }

    /// Walks the chain of a database from its first entry, and compares every row that repeats what it says.
    ///
    /// Checked: digests, signatures, numbers and links of the entries; that each follows from those before it, so that
    /// every lock ends at most once and no balance is negative; that its postings are those that it demands and sum to
    /// zero; and that jobs, locks, receipts, payouts, accounts and workers agree with it. Takes about 0.1 ms an
    /// entry, in one read transaction, beside a running gateway.
    ///
    /// - Parameters:
    ///   - history: The database.
    ///   - signer: The gateway's address, which signed every entry.
    /// - Returns: What was found.
    /// - Throws: ``StoreError``.
    package static func verify(_ history: GatewayHistory, signer: Address) async throws(StoreError) -> LedgerAudit {
        try await history.read { database in
            var walk = AuditWalk(database, signer: signer)
            try walk.run()
            return walk.audit
        }
    }

    mutating func report(_ message: String, at sequence: Int?) {
        findingCount += 1
        if findings.count < Self.findingLimit { findings.append(Finding(sequence: sequence, message: message)) }
    }
}
