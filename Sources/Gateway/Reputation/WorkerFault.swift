import WorkerProtocol

/// Why a job that a worker had did not come to a receipt that holds, where that is the worker's doing.
///
/// Raw values are what records and operators see. Faults of the caller are none of these.
enum WorkerFault: String, Sendable, CaseIterable {
    case backendError = "backend_error"
    case backendUnavailable = "backend_unavailable"
    case backendTimeout = "backend_timeout"
    case backendProtocol = "backend_protocol"
    case workerError = "worker_error"
    /// The session was lost and did not come back in time.
    case lost
    /// An offer was neither accepted nor refused in time.
    case noAnswer = "no_answer"
    /// The job was not done at its deadline.
    case deadline
    /// A cancelled job's receipt did not come.
    case noReceipt = "no_receipt"
    /// The deltas broke the protocol or a bound.
    case protocolBreach = "protocol"
    case receiptRefused = "receipt_refused"

    /// The fault that a typed failure means; nil where the caller's request is at fault, or nobody.
    init?(_ failure: WireJobFailure) {
        switch failure {
        case .backendError: self = .backendError
        case .backendUnavailable: self = .backendUnavailable
        case .backendTimeout: self = .backendTimeout
        case .backendProtocol: self = .backendProtocol
        // A job that was told to stop is judged by its receipt: whoever says "cancelled" of another has given it up.
        case .workerError, .cancelled, .unspecified, .UNRECOGNIZED: self = .workerError
        case .invalidRequest, .contextLengthExceeded, .outputTooLarge: return nil
        // A kind of request that the backend does not serve. Workers announce completions unless told otherwise, so
        // callers could have whoever they like set aside by asking for them.
        case .unsupported: return nil
        }
    }

    /// What happened, for people.
    var sentence: String {
        switch self {
        case .backendError: "the backend answered with an error"
        case .backendUnavailable: "the backend could not be reached or went away"
        case .backendTimeout: "the backend said nothing for too long"
        case .backendProtocol: "the backend sent what is not its protocol"
        case .workerError: "the worker reported a fault of its own"
        case .lost: "the session was lost with the job in it"
        case .noAnswer: "the offer was not answered in time"
        case .deadline: "the job was not done at its deadline"
        case .noReceipt: "no receipt came for a cancelled job"
        case .protocolBreach: "the output broke the protocol or a bound"
        case .receiptRefused: "the receipt was refused"
        }
    }
}
