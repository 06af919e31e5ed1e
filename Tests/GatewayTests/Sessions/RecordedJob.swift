import GatewayStore
import InferenceAPI
import Receipts
import Signing

/// A job in the books that nobody runs.
struct RecordedJob {
    let id: JobID
    private let number: Int64
    private let wallet: Address
    private let worker: Address

    init(_ number: Int64, wallet: Address, worker: Address) {
        id = JobID(milliseconds: number, random: 7)
        self.number = number
        self.wallet = wallet
        self.worker = worker
    }

    var new: NewJob {
        NewJob(
            jobID: id,
            wallet: wallet,
            keyID: "key_a",
            requestID: "request-\(number)",
            model: "qwen3-8b",
            tier: "standard",
            rule: ChargeRule(creditsPerRequest: 8, creditsPer1kTokens: 4, choices: 1),
            maxOutputTokens: 500,
            requestSHA256: Digest.sha256([]),
            createdAt: number,
            deadline: number + 120_000
        )
    }

    var acceptance: JobAcceptance {
        JobAcceptance(
            jobID: id,
            worker: worker,
            payoutAddress: worker,
            shareBPS: 7_500,
            nonce: Array(repeating: 1, count: 32),
            at: number
        )
    }

    var refund: JobRefund {
        JobRefund(jobID: id, status: .refunded, errorCode: "job_timeout", message: "no proof in time", at: number)
    }
}
