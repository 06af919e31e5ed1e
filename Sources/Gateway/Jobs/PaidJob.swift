import GatewayStore
import InferenceAPI
import Receipts
import Signing

/// A job whose receipt was good and whose settlement is durable: what the caller's answer says of it.
struct PaidJob: Sendable {
    var settled: SettledJob
    var receipt: Receipt

    var usage: TokenUsage { receipt.usage }

    /// What the job made, for the renderer of its kind.
    func answer(of job: Job) -> FinishedAnswer {
        FinishedAnswer(choices: job.choices, usage: usage, decentral: decentralObject)
    }

    /// The `decentral` object of the answer.
    var decentralObject: DecentralObject {
        DecentralObject(
            jobID: settled.jobID.description,
            worker: receipt.worker.description,
            creditsCharged: settled.amounts.creditsCharged,
            proofHash: receipt.proofHash.description
        )
    }
}
