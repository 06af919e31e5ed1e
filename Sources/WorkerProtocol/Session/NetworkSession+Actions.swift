package import InferenceAPI
package import Signing

/// A worker that has proven its identity and waits to be let in.
package struct WorkerIntroduction: Sendable, Equatable {
    package var worker: Address
    package var payoutAddress: Address
    /// Name and version, for people.
    package var software: String
}

extension NetworkSession {
    /// What the daemon must do, in order.
    package enum Action: Sendable {
        /// Put the message on the stream.
        case send(WireNetworkMessage)
        /// Decide, then call ``NetworkSession/admitted(sessionID:shareBasisPoints:networkTimeMilliseconds:at:)`` or
        /// ``NetworkSession/reject(_:_:retryAfter:)``.
        case proven(WorkerIntroduction)
        /// Put the worker's models on offer, answer its jobs in flight, and send the payouts that it lacks.
        case announced(WireAnnounce, jobsInFlight: [JobID])
        /// Take over the state of its models.
        case heartbeat(WireWorkerHeartbeat)
        case jobAccepted(JobID)
        case jobRefused(JobID, WireRefusal, message: String)
        /// Relay the deltas.
        case jobDelta(JobID, WireJobDelta)
        /// Check the receipt and answer it.
        case jobFinished(JobID, WireJobFinished)
        case jobFailed(JobID, WireJobFailure, message: String)
        /// Answer with a page of this worker's jobs, as the network's record has them.
        case recordRequested(WireRecordRequest, after: JobID?)
        /// Offer a free job of the gateway's own to this worker alone.
        case selfTestRequested(WireSelfTestRequest)
        /// No offers any more; running jobs finish, then the worker closes the stream.
        case workerDraining(reason: String)
        /// Close the stream after what was sent before, and drop the session.
        case close(SessionClosure)
    }

    /// Checks the bounds of an announcement.
    mutating func announced(_ announce: WireAnnounce) -> [Action] {
        if let fault = Self.fault(in: announce.models) { return violation("Announce: \(fault)") }
        guard announce.name.utf8.count <= SessionLimits.textBytes else {
            return violation("Announce.name is longer than \(SessionLimits.textBytes) bytes")
        }
        guard announce.pauseReason.utf8.count <= SessionLimits.textBytes else {
            return violation("Announce.pause_reason is longer than \(SessionLimits.textBytes) bytes")
        }
        guard announce.jobsInFlight.count <= SessionLimits.announcedJobs else {
            return violation("Announce.jobs_in_flight lists more than \(SessionLimits.announcedJobs) jobs")
        }
        let jobs = announce.jobsInFlight.compactMap(JobID.init)
        guard jobs.count == announce.jobsInFlight.count else {
            return violation("Announce.jobs_in_flight holds a job id that is none")
        }
        return [.announced(announce, jobsInFlight: jobs)]
    }

    /// Turns a message of a live session into an action; what breaks a bound ends the session.
    mutating func liveMessage(_ content: WireWorkerMessage.OneOf_Message) -> [Action] {
        switch content {
        case .announce(let announce):
            return announced(announce)
        case .heartbeat(let heartbeat):
            if let fault = Self.fault(in: heartbeat.models) { return violation("WorkerHeartbeat: \(fault)") }
            guard heartbeat.pauseReason.utf8.count <= SessionLimits.textBytes else {
                return violation("WorkerHeartbeat.pause_reason is longer than \(SessionLimits.textBytes) bytes")
            }
            return [.heartbeat(heartbeat)]
        case .jobAccepted(let accepted):
            return withJob(accepted.jobID) { .jobAccepted($0) }
        case .jobRefused(let refused):
            return withJob(refused.jobID, refused.message) { .jobRefused($0, refused.reason, message: refused.message) }
        case .jobDelta(let delta):
            return withJob(delta.jobID) { .jobDelta($0, delta) }
        case .jobFinished(let finished):
            return withJob(finished.jobID) { .jobFinished($0, finished) }
        case .jobFailed(let failed):
            return withJob(failed.jobID, failed.message) { .jobFailed($0, failed.code, message: failed.message) }
        case .recordRequest(let request):
            guard !request.afterJobID.isEmpty else { return [.recordRequested(request, after: nil)] }
            return withJob(request.afterJobID) { .recordRequested(request, after: $0) }
        case .selfTestRequest(let request):
            guard (1...128).contains(request.model.utf8.count) else {
                return violation("a SelfTestRequest for a model id of \(request.model.utf8.count) bytes")
            }
            return [.selfTestRequested(request)]
        case .draining(let draining):
            return [.workerDraining(reason: String(draining.reason.prefix(SessionLimits.textBytes)))]
        case .hello, .proof:
            return violation("a message of the handshake was repeated")
        }
    }

    private mutating func withJob(_ text: String, _ message: String = "", _ action: (JobID) -> Action) -> [Action] {
        guard let id = JobID(text) else { return violation("a job id that is none") }
        guard message.utf8.count <= SessionLimits.textBytes else {
            return violation("a message longer than \(SessionLimits.textBytes) bytes")
        }
        return [action(id)]
    }

    /// What is wrong with announced models; `nil` if nothing is.
    private static func fault(in models: [WireHostedModel]) -> String? {
        guard models.count <= SessionLimits.announcedModels else {
            return "more than \(SessionLimits.announcedModels) models"
        }
        var seen: Set<String> = []
        for model in models {
            guard !model.id.isEmpty, model.id.utf8.count <= 128 else {
                return "a model id of \(model.id.utf8.count) bytes"
            }
            guard seen.insert(model.id).inserted else { return "a model named twice" }
            guard model.slots <= SessionLimits.announcedSlots, model.freeSlots <= model.slots else {
                return "\(model.freeSlots) free of \(model.slots) slots"
            }
            guard model.reason.utf8.count <= SessionLimits.textBytes else { return "a reason that is too long" }
        }
        return nil
    }
}
