import FoundationEssentials
import GatewayStore
import InferenceAPI
import Receipts
import Signing
import WorkerProtocol

extension Job {
    /// A new offer of this job to a worker, with a nonce of its own.
    func offer(
        to worker: Address,
        paying payoutAddress: Address,
        shareBasisPoints: Int,
        from network: Address
    ) -> Offer {
        Offer(
            jobID: id,
            network: network,
            worker: worker,
            payoutAddress: payoutAddress,
            model: model.id,
            requestSHA256: requestDigest,
            maxOutputTokens: maxOutputTokens,
            rule: rule,
            creditsLocked: lock.credits,
            shareBPS: shareBasisPoints,
            nonce: RandomBytes.make(count: 32),
            deadlineMS: deadlineMilliseconds,
            escrowTx: lock.escrowTx
        )
    }
}

extension ChargeRule {
    /// What a self-test costs.
    static let free = ChargeRule(creditsPerRequest: 0, creditsPer1kTokens: 0, choices: 1)
}

extension WireNetworkMessage {
    static func cancel(_ id: JobID, _ reason: WireCancelReason) -> WireNetworkMessage {
        .make {
            $0.jobCancel.jobID = id.description
            $0.jobCancel.reason = reason
        }
    }

    static func receiptAccepted(_ id: JobID, statement: [UInt8]) -> WireNetworkMessage {
        .make {
            $0.receiptAccepted.jobID = id.description
            $0.receiptAccepted.statement = .init(statement)
        }
    }

    static func receiptRefused(_ id: JobID, _ refusal: ReceiptRefusal) -> WireNetworkMessage {
        .make {
            $0.receiptRefused.jobID = id.description
            $0.receiptRefused.reason = WireReceiptRefusal(refusal.reason)
            $0.receiptRefused.message = refusal.message
        }
    }
}

extension WireReceiptRefusal {
    init(_ reason: ReceiptRefusal.Reason) {
        self =
            switch reason {
            case .invalidSignature: .invalidSignature
            case .offerMismatch: .offerMismatch
            case .requestMismatch: .requestMismatch
            case .outputMismatch: .outputMismatch
            case .times: .times
            case .counts: .counts
            case .jobLost: .jobLost
            case .unknownJob: .unknownJob
            }
    }
}

extension WireNetworkMessage {
    static func payout(_ record: PayoutRecord) -> WireNetworkMessage {
        .make {
            $0.payout.sequence = UInt64(record.sequence)
            $0.payout.jobID = record.jobID
            $0.payout.amountMicroUsdc = UInt64(record.amountMicroUSDC)
            $0.payout.txSignature = record.transaction
            $0.payout.slot = UInt64(record.slot)
            $0.payout.state =
                switch record.state {
                case .credited: .credited
                case .submitted: .submitted
                case .confirmed: .confirmed
                }
            $0.payout.createdAtMs = record.createdAt
        }
    }
}
