import InferenceAPI
import Signing
import StrictJSON

extension LedgerEntry.Event {
    /// Appends the members of the event's own.
    func append(to fields: inout JSONObject) {
        switch self {
        case .grant(let funding), .deposit(let funding):
            fields.append("account", .string(funding.account.description))
            fields.append("credits", .integer(funding.credits))
            fields.append("reference", funding.reference.map { .string($0) } ?? .null)
        case .lock(let lock):
            fields.append("job_id", .string(lock.jobID.description))
            fields.append("account", .string(lock.account.description))
            fields.append("model", .string(lock.model))
            fields.append("credits_locked", .integer(lock.creditsLocked))
            fields.append("credits_from_granted", .integer(lock.creditsFromGranted))
        case .settle(let settlement):
            fields.append("job_id", .string(settlement.jobID.description))
            fields.append("proof_hash", .string(settlement.proofHash.description))
            fields.append("worker", .string(settlement.worker.description))
            fields.append("payout_address", .string(settlement.payoutAddress.description))
            fields.append("credits_locked", .integer(settlement.amounts.creditsLocked))
            fields.append("credits_charged", .integer(settlement.amounts.creditsCharged))
            fields.append("credits_refunded", .integer(settlement.amounts.creditsRefunded))
            fields.append("worker_micro_usdc", .integer(settlement.amounts.workerMicroUSDC))
            fields.append("treasury_micro_usdc", .integer(settlement.amounts.treasuryMicroUSDC))
            fields.append("escrow_tx", .string(settlement.escrowTx.base58))
        case .refund(let refund):
            fields.append("job_id", .string(refund.jobID.description))
            fields.append("credits_refunded", .integer(refund.creditsRefunded))
            fields.append("reason", .string(refund.reason))
            fields.append("escrow_tx", .string(refund.escrowTx.base58))
        }
    }

    /// Reads the members of the event's own.
    init(reading payload: PayloadReader) throws(ReceiptError) {
        switch try payload.choice("kind", of: Kind.self) {
        case .grant: self = .grant(try LedgerEntry.Funding(reading: payload))
        case .deposit: self = .deposit(try LedgerEntry.Funding(reading: payload))
        case .lock: self = .lock(try LedgerEntry.Lock(reading: payload))
        case .settle: self = .settle(try LedgerEntry.Settlement(reading: payload))
        case .refund: self = .refund(try LedgerEntry.Refund(reading: payload))
        }
    }
}

extension LedgerEntry.Funding {
    fileprivate init(reading payload: PayloadReader) throws(ReceiptError) {
        self.init(
            account: try payload.address("account"),
            credits: try payload.credits("credits"),
            reference: try payload.optionalText("reference")
        )
    }
}

extension LedgerEntry.Lock {
    fileprivate init(reading payload: PayloadReader) throws(ReceiptError) {
        let creditsLocked = try payload.credits("credits_locked")
        self.init(
            jobID: try payload.jobID("job_id"),
            account: try payload.address("account"),
            model: try payload.text("model"),
            creditsLocked: creditsLocked,
            creditsFromGranted: try payload.integer("credits_from_granted", in: 0...creditsLocked)
        )
    }
}

extension LedgerEntry.Settlement {
    fileprivate init(reading payload: PayloadReader) throws(ReceiptError) {
        self.init(
            jobID: try payload.jobID("job_id"),
            proofHash: try payload.digest("proof_hash"),
            worker: try payload.address("worker"),
            payoutAddress: try payload.address("payout_address"),
            amounts: try SettlementAmounts(
                creditsLocked: payload.credits("credits_locked"),
                creditsCharged: payload.credits("credits_charged"),
                creditsRefunded: payload.credits("credits_refunded"),
                workerMicroUSDC: payload.integer("worker_micro_usdc"),
                treasuryMicroUSDC: payload.integer("treasury_micro_usdc")
            ),
            escrowTx: try payload.signature("escrow_tx")
        )
    }
}

extension LedgerEntry.Refund {
    fileprivate init(reading payload: PayloadReader) throws(ReceiptError) {
        self.init(
            jobID: try payload.jobID("job_id"),
            creditsRefunded: try payload.credits("credits_refunded"),
            reason: try payload.word("reason"),
            escrowTx: try payload.signature("escrow_tx")
        )
    }
}
