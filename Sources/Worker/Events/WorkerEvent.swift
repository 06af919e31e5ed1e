import InferenceAPI
import Signing

/// One event of `GET /v1/events`; never a prompt or an output.
package struct WorkerEvent: Codable, Sendable, Equatable {
    package enum Name: String, Codable, Sendable {
        case jobAccepted = "job_accepted"
        case jobRefused = "job_refused"
        case jobFinished = "job_finished"
        case jobFailed = "job_failed"
        case jobSettled = "job_settled"
        case jobUnpaid = "job_unpaid"
        case sessionLive = "session_live"
        case sessionEnded = "session_ended"
        case modelChanged = "model_changed"
        /// The reader was too slow: `count` older events are gone.
        case dropped
    }

    package var event: Name
    /// RFC 3339, by this machine's clock.
    package var at: String
    /// The gateway's address, or for sessions the network's name.
    @OrNull package var network: String?
    @OrNull package var jobID: String?
    @OrNull package var model: String?
    /// A word: why a job was refused, failed or is unpaid; how a model is.
    @OrNull package var reason: String?
    /// For people.
    @OrNull package var message: String?
    @OrNull package var microUSDC: Int?
    @OrNull package var count: Int?

    init(
        _ event: Name,
        at: String,
        network: String? = nil,
        jobID: String? = nil,
        model: String? = nil,
        reason: String? = nil,
        message: String? = nil,
        microUSDC: Int? = nil,
        count: Int? = nil
    ) {
        self.event = event
        self.at = at
        self.network = network
        self.jobID = jobID
        self.model = model
        self.reason = reason
        self.message = message
        self.microUSDC = microUSDC
        self.count = count
    }

    private enum CodingKeys: String, CodingKey {
        case event, at, network, model, reason, message, count
        case jobID = "job_id"
        case microUSDC = "micro_usdc"
    }
}

extension WorkerEvent {
    /// What a job's event is to those who listen; an offer is none: what becomes of it is.
    init?(_ event: JobEvent, at time: String) {
        let name: Name
        var reason: String?
        var earned: Int?
        switch event.kind {
        case .offered: return nil
        case .accepted: name = .jobAccepted
        case .refused(let word): (name, reason) = (.jobRefused, word)
        case .finished: name = .jobFinished
        case .lost(let code): (name, reason) = (.jobFailed, code)
        case .settled(let microUSDC): (name, earned) = (.jobSettled, microUSDC)
        case .unpaid(let word): (name, reason) = (.jobUnpaid, word)
        }
        self.init(
            name,
            at: time,
            network: event.network.description,
            jobID: event.jobID.description,
            model: event.model,
            reason: reason,
            message: event.message,
            microUSDC: earned
        )
    }
}
