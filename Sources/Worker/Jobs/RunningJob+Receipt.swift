import InferenceAPI
import Logging
import Receipts
import SQLiteStore
import Signing
import WorkerProtocol
import WorkerStore

extension RunningJob {
    /// Signs the receipt and stores it; only then does the course send it.
    ///
    /// While the database cannot be written the receipt waits here, beyond the job's deadline too: the network's verdict
    /// on it, be it a refusal, belongs into the record. Only the end of the daemon gives it up.
    func keepReceipt(of output: JobOutput) async {
        let receipt = makeReceipt(of: output)
        let text = receipt.sign(by: surroundings.identity).encoded
        let finished = FinishedJob(
            job: started,
            promptTokens: output.usage.promptTokens,
            completionTokens: output.usage.completionTokens,
            usageSource: output.usage.source.rawValue,
            firstTokenAt: receipt.times.firstTokenAtMS,
            finishedAt: receipt.times.finishedAtMS,
            proofHash: receipt.proofHash.description,
            // By this worker's own count; the statement says what it really is.
            expectedMicroUSDC: (try? StatementChecks.amounts(offer: offer.offer, receipt: receipt))?.workerMicroUSDC
                ?? 0,
            offer: offer.envelope,
            receipt: text
        )
        do {
            // Nothing is owed for a test, so nothing of it is kept.
            if !isSelfTest {
                try await PatientWrite.perform(
                    { () throws(StoreError) in try await surroundings.store.jobFinished(finished) },
                    while: { self.isRunning },
                    logger: logger
                )
            }
            record(.finished)
            if !isSelfTest { surroundings.activity.finished(finished) }
            let message = WireWorkerMessage.finished(started.key.jobID, output.usage, receipt: text)
            update { $0.receiptStored(message, at: .now) }
            logger.info(
                "job finished",
                metadata: [
                    "tokens.prompt": "\(output.usage.promptTokens)",
                    "tokens.completion": "\(output.usage.completionTokens)",
                ]
            )
        } catch {
            logger.error("a receipt could not be stored and is lost", metadata: ["error": "\(error)"])
            update { $0.receiptLost("the worker's database could not be written") }
        }
    }

    private func makeReceipt(of output: JobOutput) -> Receipt {
        let accepted = started.acceptedAt
        // The network's clock may have been set back meanwhile; a receipt's times never run backwards.
        let form = offer.request.kind.outputForm
        let first = output.firstTokenAtMilliseconds.map { max($0, accepted) }
        return Receipt(
            offer: offer.offer,
            outputSHA256: OutputDigest.of(output.choices, form: form),
            usage: output.usage,
            finishReasons: form == .vectors ? [] : output.choices.map(\.finishReason),
            times: JobTimes(
                acceptedAtMS: accepted,
                firstTokenAtMS: first,
                finishedAtMS: max(output.finishedAtMilliseconds, first ?? accepted)
            )
        )
    }
}
