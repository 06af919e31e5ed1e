import InferenceAPI

/// Everything that a worker checks of a settlement statement before it counts itself paid.
package struct StatementChecks: Sendable {
    package let offer: Offer
    /// The worker's own receipt for that offer.
    package let receipt: Receipt

    package init(offer: Offer, receipt: Receipt) {
        self.offer = offer
        self.receipt = receipt
    }

    /// What the job must be settled with: both sides compute it from offer and receipt alone.
    ///
    /// - Throws: ``ReceiptError/Code/amountOutOfRange`` where the receipt claims more than was locked.
    package static func amounts(offer: Offer, receipt: Receipt) throws(ReceiptError) -> SettlementAmounts {
        try SettlementAmounts(
            creditsLocked: offer.creditsLocked,
            creditsCharged: offer.rule.charge(for: receipt.usage),
            shareBPS: offer.shareBPS
        )
    }

    /// Takes the settlement from the text of its envelope if all of it holds.
    ///
    /// - Returns: The entry, whose event is the settlement, and the settlement itself.
    /// - Throws: ``StatementRefusal``.
    package func check(
        _ envelope: [UInt8]
    ) throws(StatementRefusal) -> (entry: LedgerEntry, settlement: LedgerEntry.Settlement) {
        let entry: LedgerEntry
        do {
            entry = try LedgerEntry(verifying: envelope, signer: offer.network)
        } catch {
            throw StatementRefusal(reason: .invalidSignature, message: error.message)
        }
        guard case .settle(let settlement) = entry.event else {
            throw StatementRefusal(
                reason: .jobMismatch,
                message: "the entry is of the kind \(entry.event.kind.rawValue) and settles nothing"
            )
        }
        let differing: String? =
            if settlement.jobID != offer.jobID {
                "job_id"
            } else if settlement.worker != offer.worker {
                "worker"
            } else if settlement.payoutAddress != offer.payoutAddress {
                "payout_address"
            } else if settlement.escrowTx != offer.escrowTx {
                "escrow_tx"
            } else {
                nil
            }
        if let differing {
            throw StatementRefusal(reason: .jobMismatch, message: "\(differing) is not the offer's")
        }
        guard settlement.proofHash == receipt.proofHash else {
            throw StatementRefusal(reason: .proofMismatch, message: "proof_hash is not that of the receipt")
        }
        try checkAmounts(settlement.amounts)
        return (entry, settlement)
    }

    private func checkAmounts(_ stated: SettlementAmounts) throws(StatementRefusal) {
        let expected: SettlementAmounts
        do {
            expected = try Self.amounts(offer: offer, receipt: receipt)
        } catch {
            throw StatementRefusal(reason: .amounts, message: error.message)
        }
        guard stated == expected else {
            throw StatementRefusal(
                reason: .amounts,
                message: "the statement charges \(stated.creditsCharged) credits and pays"
                    + " \(stated.workerMicroUSDC) micro-USDC, where offer and receipt give"
                    + " \(expected.creditsCharged) and \(expected.workerMicroUSDC)"
            )
        }
    }
}
