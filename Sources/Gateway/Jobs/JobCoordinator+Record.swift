import FoundationEssentials
import GatewayStore
import InferenceAPI
import Logging
import Signing
import WorkerProtocol

extension JobCoordinator {
    /// A page of what the network has on record of a worker's jobs; read from the disk, off the way of any job.
    func recordPage(for request: WireRecordRequest, after: JobID?, of worker: Address) async -> WireRecordPage {
        let limit = SessionLimits.recordPageJobs
        let end = request.untilMs > 0 ? request.untilMs : Int64.max
        do {
            let jobs = try await settlement.acceptedJobs(
                of: worker,
                in: min(request.sinceMs, end)..<end,
                after: after,
                limit: limit + 1
            )
            return .make {
                $0.request = request.request
                $0.jobs = jobs.prefix(limit).map { WireJobRecord($0.job, payoutSequence: $0.payoutSequence) }
                $0.hasMore_p = jobs.count > limit
            }
        } catch {
            logger.error("record not read", metadata: ["worker.address": "\(worker)", "error": "\(error)"])
            return .make {
                $0.request = request.request
                $0.error = "the network's record cannot be read now; try again later"
            }
        }
    }
}

extension WireJobRecord {
    init(_ job: JobRecord, payoutSequence: Int?) {
        self.init()
        jobID = job.jobID
        switch job.status {
        case .pending, .processing, .settling: status = .open
        case .settled: status = .settled
        case .failed, .refunded, .cancelled: status = .refunded
        }
        creditsCharged = UInt64(job.creditsCharged)
        workerMicroUsdc = UInt64(job.workerMicroUSDC ?? 0)
        self.payoutSequence = UInt64(payoutSequence ?? 0)
        proofHash = job.proofHash ?? ""
        if status == .refunded { reason = job.errorCode ?? "" }
    }
}
