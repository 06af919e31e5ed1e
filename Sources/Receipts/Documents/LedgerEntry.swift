package import Signing
package import StrictJSON

/// An entry of a network's ledger, signed by its gateway and chained to the entry before it.
///
/// The one that settles a job is the settlement statement: it goes to the worker, and its signature is the job's
/// `settlement_tx`; the signature of the one that locks is `escrow_tx`.
package struct LedgerEntry: SignedDocument {
    package static let payloadType = "application/vnd.decentral.ledger-entry.v1+json"

    /// The gateway's address.
    package let network: Address
    /// Counts the entries from 1, without gaps.
    package let sequence: Int
    /// The digest of the payload of the entry before; `nil` in the first alone.
    package let previous: Digest?
    package let atMS: Int64
    package let event: Event

    /// The first entry has no previous one, and every other has.
    package init(network: Address, sequence: Int, previous: Digest?, atMS: Int64, event: Event) {
        precondition((sequence == 1) == (previous == nil) && sequence >= 1, "entry \(sequence) breaks the chain")
        self.network = network
        self.sequence = sequence
        self.previous = previous
        self.atMS = atMS
        self.event = event
    }

    package var signer: Address { network }

    package var fields: JSONObject {
        var fields: JSONObject = [
            "version": .integer(Self.version),
            "kind": .string(event.kind.rawValue),
            "network": .string(network.description),
            "sequence": .integer(sequence),
            "previous": previous.map { .string($0.description) } ?? .null,
            "at_ms": .integer(Int(atMS)),
        ]
        event.append(to: &fields)
        return fields
    }

    package init(reading payload: PayloadReader) throws(ReceiptError) {
        let sequence = try payload.integer("sequence", in: 1...Amounts.largestInteger)
        let previous = try payload.optionalDigest("previous")
        guard (sequence == 1) == (previous == nil) else {
            throw payload.refusal("previous", "null in the first entry, and a digest in every other")
        }
        self.init(
            network: try payload.address("network"),
            sequence: sequence,
            previous: previous,
            atMS: try payload.time("at_ms"),
            event: try Event(reading: payload)
        )
    }
}
