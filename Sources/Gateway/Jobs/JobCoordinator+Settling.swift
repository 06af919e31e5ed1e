import GatewayStore
import InferenceAPI
import Logging
import Operations
import Receipts
import Signing
import WorkerProtocol

// What happens to receipts. Everything here may wait for the disk; the caller's stream waits with it, for one group
// commit at most.

extension JobCoordinator {
    /// Checks a receipt, books it, and answers worker and caller.
    func settle(_ job: Job, _ attempt: JobExchange.Attempt, _ finished: WireJobFinished) async {
        guard let claim = job.claim else { return }
        let now = clock.nowMilliseconds
        let envelope = [UInt8](finished.receipt)
        let receipt: Receipt
        do throws(ReceiptRefusal) {
            receipt = try claim.checks(request: job.requestDigest).check(envelope)
        } catch {
            return await refuse(job, attempt, envelope, error, atMilliseconds: now)
        }
        do {
            let settled = try await settlement.settle(claim.settlement(of: job, receipt, envelope, atMilliseconds: now))
            logger.info(
                "job settled",
                metadata: [
                    "job.id": "\(job.id)", "worker.address": "\(attempt.worker)",
                    "credits.charged": "\(settled.amounts.creditsCharged)",
                ]
            )
            if !job.isTest {
                if attempt.worker != identity.address { note(claim, of: job, receipt, atMilliseconds: now) }
                meter.update {
                    $0.settled(model: job.model.id, millisecondsToFirstToken: claim.timeToFirstToken(of: job))
                }
            }
            forget(job)
            // Before the caller's answer, so that the result of a test comes after the acceptance of its receipt.
            hub.post(.receiptAccepted(job.id, statement: settled.statement), to: attempt.worker, bytes: 2048)
            if let payout = settled.payout { hub.post(.payout(payout), to: attempt.worker, bytes: 512) }
            perform(job.update { $0.settled(PaidJob(settled: settled, receipt: receipt)) }, job)
        } catch {
            // The lock had ended otherwise, or the books are closed; the caller must not take the answer for paid.
            logger.error("job not settled", metadata: ["job.id": "\(job.id)", "error": "\(error)"])
            forget(job)
            perform(job.update { $0.settlementFailed(.internalError(requestID: job.requestID)) }, job)
            await repeatVerdict(on: job.id, to: attempt.worker)
        }
    }

    /// Takes a paid job into the figures of its model and its worker.
    private func note(_ claim: Job.Claim, of job: Job, _ receipt: Receipt, atMilliseconds now: Int64) {
        claim.timeToFirstToken(of: job).map { latencies.note($0, model: job.model.id, atMilliseconds: now) }
        market.jobEnded(of: job.model.id, after: .milliseconds(max(0, now - claim.offeredAtMilliseconds)))
        hub.settled(
            job.model.id,
            by: receipt.worker,
            timeToFirstToken: claim.timeFromOfferToFirstToken,
            outputBytes: claim.outputBytes,
            completionTokens: receipt.usage.completionTokens
        )
    }

    private func refuse(
        _ job: Job,
        _ attempt: JobExchange.Attempt,
        _ envelope: [UInt8],
        _ refusal: ReceiptRefusal,
        atMilliseconds now: Int64
    ) async {
        logger.warning(
            "receipt refused",
            metadata: [
                "job.id": "\(job.id)", "worker.address": "\(attempt.worker)", "reason": "\(refusal.reason.rawValue)",
            ]
        )
        var refusal = refusal
        do {
            let verdict = try await settlement.refuse(
                RefusedReceipt(
                    jobID: job.id,
                    worker: attempt.worker,
                    reason: refusal.reason.rawValue,
                    message: refusal.message,
                    receipt: refusal.reason == .invalidSignature ? nil : envelope,
                    at: now
                )
            )
            if let standing = verdict.refusal { refusal = standing }
        } catch {
            // The worker gets no answer now and sends the receipt again; it is refused then.
            logger.error("refusal not kept", metadata: ["job.id": "\(job.id)", "error": "\(error)"])
        }
        job.noteTrouble("the receipt was refused (\(refusal.reason.rawValue)): \(refusal.message)")
        hub.post(.receiptRefused(job.id, refusal), to: attempt.worker, bytes: 512)
        perform(job.update { $0.receiptRefused() }, job)
    }

    /// Gives the credits of a job back that ended without a receipt.
    func refund(_ job: Job, _ refund: JobExchange.Refund) {
        do throws(LedgerError) {
            try settlement.refund(
                JobRefund(
                    jobID: job.id,
                    status: refund.status,
                    errorCode: refund.code,
                    message: refund.message,
                    at: clock.nowMilliseconds
                )
            )
        } catch {
            // A restart refunds what is still locked.
            logger.error("job not refunded", metadata: ["job.id": "\(job.id)", "error": "\(error)"])
        }
    }

    /// Answers a receipt for a job that is over: the committed verdict, same bytes.
    func repeatVerdict(on id: JobID, to worker: Address) async {
        do {
            let verdict = try await settlement.verdict(on: id, worker: worker)
            if case .accepted(let statement) = verdict {
                hub.post(.receiptAccepted(id, statement: statement), to: worker, bytes: 2048)
            } else if let refusal = verdict.refusal {
                hub.post(.receiptRefused(id, refusal), to: worker, bytes: 512)
            }
        } catch {
            logger.error("verdict not read", metadata: ["job.id": "\(id)", "error": "\(error)"])
        }
    }

    /// Sends the payouts that a worker says it lacks.
    func sendPayouts(to worker: Address, after sequence: Int) async {
        var last = sequence
        do {
            while true {
                let page = try await settlement.payouts(of: worker, after: last, limit: 256)
                for payout in page { hub.post(.payout(payout), to: worker, bytes: 512) }
                guard let newest = page.last, page.count == 256 else { return }
                last = newest.sequence
            }
        } catch {
            logger.error("payouts not read", metadata: ["worker.address": "\(worker)", "error": "\(error)"])
        }
    }
}

extension ReceiptVerdict {
    /// The refusal that it means for the worker; `nil` if the receipt was accepted or is being booked.
    fileprivate var refusal: ReceiptRefusal? {
        switch self {
        case .refused(let reason, let message):
            ReceiptRefusal(reason: .init(rawValue: reason) ?? .jobLost, message: message)
        case .lost:
            ReceiptRefusal(reason: .jobLost, message: "the job's credits went back before its receipt came")
        case .unknown:
            ReceiptRefusal(reason: .unknownJob, message: "this network knows no such job")
        case .accepted, .undecided:
            nil
        }
    }
}

extension Job.Claim {
    /// The gateway's own view of the job, which a receipt is held against.
    func checks(request: Digest) -> ReceiptChecks {
        ReceiptChecks(
            offer: offer,
            requestSHA256: request,
            // An open choice has no digest that a worker could have signed.
            output: isComplete ? choices : [],
            times: JobTimes(
                acceptedAtMS: acceptedAtMilliseconds,
                firstTokenAtMS: firstTokenAtMilliseconds,
                finishedAtMS: finishedAtMilliseconds
            )
        )
    }

    /// From the caller's request to the first delta, in milliseconds.
    func timeToFirstToken(of job: Job) -> Int? {
        firstTokenAtMilliseconds.map { Int($0 - job.createdAtMilliseconds) }
    }

    /// From this worker's offer to its first delta, in milliseconds: what it is measured by.
    var timeFromOfferToFirstToken: Int? {
        firstTokenAtMilliseconds.map { Int(max(0, $0 - offeredAtMilliseconds)) }
    }

    func settlement(
        of job: Job,
        _ receipt: Receipt,
        _ envelope: [UInt8],
        atMilliseconds now: Int64
    ) -> JobSettlement {
        JobSettlement(
            jobID: job.id,
            worker: offer.worker,
            payoutAddress: offer.payoutAddress,
            shareBPS: offer.shareBPS,
            receipt: envelope,
            proofHash: receipt.proofHash,
            usage: receipt.usage,
            timeToFirstTokenMS: timeToFirstToken(of: job),
            cancelledAt: callerIsGone ? now : nil,
            completedAt: now
        )
    }
}
