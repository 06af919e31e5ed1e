import Receipts
import Signing

/// An entry that is signed and applied, and on its way to the disk.
struct BookedEntry: Sendable {
    let entry: LedgerEntry
    let envelope: Envelope
    let digest: Digest
    let signature: Signature
    /// The signature in base58: `escrow_tx` or `settlement_tx`.
    let transaction: String
    let booking: LedgerState.Booking
}

extension LedgerState {
    /// Signs the next entry and applies it.
    ///
    /// The event must follow from this state: one that does not is a fault of ours, and going on would write it into
    /// the chain for good.
    mutating func book(_ event: LedgerEntry.Event, at milliseconds: Int64, by identity: Identity) -> BookedEntry {
        let entry = nextEntry(event, network: identity.address, at: milliseconds)
        let envelope = entry.sign(by: identity)
        let digest = Digest.sha256(envelope.payload)
        do {
            let signature = try Signature(bytes: envelope.signatures.first?.signature ?? [])
            let booking = try apply(entry, digest: digest, signature: signature)
            return BookedEntry(
                entry: entry,
                envelope: envelope,
                digest: digest,
                signature: signature,
                transaction: signature.base58,
                booking: booking
            )
        } catch {
            preconditionFailure("entry \(entry.sequence) cannot follow: \(error)")
        }
    }
}
