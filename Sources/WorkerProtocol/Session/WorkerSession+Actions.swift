package import InferenceAPI
package import Signing

/// What the gateway granted in `Welcome`.
package struct SessionTerms: Sendable, Equatable {
    /// Names the network in offers, receipts and statements.
    package var gateway: Address
    package var sessionID: String
    /// For people.
    package var networkName: String
    /// The gateway's clock when it sent `Welcome`.
    package var networkTimeMilliseconds: Int64
    /// The worker's share of a charge.
    package var shareBasisPoints: Int
    package var limits: SessionLimits

    package init(
        gateway: Address,
        sessionID: String,
        networkName: String,
        networkTimeMilliseconds: Int64,
        shareBasisPoints: Int,
        limits: SessionLimits
    ) {
        self.gateway = gateway
        self.sessionID = sessionID
        self.networkName = networkName
        self.networkTimeMilliseconds = networkTimeMilliseconds
        self.shareBasisPoints = shareBasisPoints
        self.limits = limits
    }
}

extension WorkerSession {
    /// What the daemon must do, in order.
    package enum Action: Sendable {
        /// Put the message on the stream.
        case send(WireWorkerMessage)
        /// The session is live: send `Announce`, then the receipts that have no answer yet.
        case welcomed(SessionTerms)
        /// Send a heartbeat with the present state of every model.
        case sendHeartbeat
        /// The gateway's clock.
        case networkTime(milliseconds: Int64)
        /// Check the offer, then accept or refuse it.
        case offered(JobID, WireJobOffer)
        /// Send the job's deltas again from this sequence number.
        case resume(JobID, nextSequence: UInt64)
        /// Stop the job; it reaches the backend.
        case cancel(JobID, WireCancelReason)
        /// Check the statement and book the job as settled.
        case receiptAccepted(JobID, statement: [UInt8])
        /// Book the job as unpaid, with the reason.
        case receiptRefused(JobID, WireReceiptRefusal, message: String)
        /// Book the payout, once.
        case payout(JobID, WirePayout)
        /// What the network thinks of this worker, for the operator.
        case standing(WireStanding)
        /// The answer to a `RecordRequest`: hold it against this worker's own record.
        case recordPage(WireRecordPage)
        /// The answer to a `SelfTestRequest`.
        case selfTestResult(WireSelfTestResult)
        /// The gateway drains: no more offers come; running jobs finish.
        case networkDraining(reason: String)
        /// Close the stream and drop the session.
        case close(SessionClosure)
    }

    /// Turns a message of a live session into an action; a job id that is none breaks the protocol.
    mutating func liveMessage(_ content: WireNetworkMessage.OneOf_Message) -> [Action] {
        switch content {
        case .heartbeat(let heartbeat):
            guard SessionLimits.times.contains(heartbeat.networkTimeMs) else {
                return violation("the gateway's time is \(heartbeat.networkTimeMs), which is none")
            }
            return [.networkTime(milliseconds: heartbeat.networkTimeMs)]
        case .jobOffer(let offer):
            return withJob(offer.jobID) { .offered($0, offer) }
        case .jobResume(let resume):
            return withJob(resume.jobID) { .resume($0, nextSequence: resume.nextSequence) }
        case .jobCancel(let cancel):
            return withJob(cancel.jobID) { .cancel($0, cancel.reason) }
        case .receiptAccepted(let accepted):
            return withJob(accepted.jobID) { .receiptAccepted($0, statement: [UInt8](accepted.statement)) }
        case .receiptRefused(let refused):
            return withJob(refused.jobID) { .receiptRefused($0, refused.reason, message: refused.message) }
        case .payout(let payout):
            return withJob(payout.jobID) { .payout($0, payout) }
        case .standing(let standing):
            return [.standing(standing)]
        case .recordPage(let page):
            guard page.jobs.count <= SessionLimits.recordPageJobs else {
                return violation("a RecordPage of more than \(SessionLimits.recordPageJobs) jobs")
            }
            return [.recordPage(page)]
        case .selfTestResult(let result):
            return [.selfTestResult(result)]
        case .draining(let draining):
            return [.networkDraining(reason: draining.reason)]
        case .challenge, .welcome, .rejected, .sessionEnd:
            return violation("the gateway repeated a message of the handshake")
        }
    }

    private mutating func withJob(_ text: String, _ action: (JobID) -> Action) -> [Action] {
        guard let id = JobID(text) else { return violation("the gateway sent a job id that is none") }
        return [action(id)]
    }
}
