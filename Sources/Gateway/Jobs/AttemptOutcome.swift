import WorkerProtocol

/// How one worker's try at a job ended, as far as the worker is judged by it.
enum AttemptOutcome: Sendable, Equatable {
    /// Its receipt held.
    case settled
    /// By nobody's fault, or the caller's: it hung up, or asked for what cannot be.
    case withdrawn
    /// The worker did not take the job.
    case refused(WireRefusal)
    case failed(WorkerFault)
}

extension WireRefusal {
    /// Whether the request is why, and not the worker's state: then it says nothing about the next offer.
    var isAboutTheRequest: Bool {
        switch self {
        case .tooLarge, .unsupported, .tooLittleTime: true
        case .atCapacity, .modelUnavailable, .draining, .paused, .backendUnhealthy, .invalidOffer, .fault,
            .unspecified, .UNRECOGNIZED:
            false
        }
    }
}
