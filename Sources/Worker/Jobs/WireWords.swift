import Backends
import InferenceAPI
import WorkerProtocol
import WorkerStore

// The words of the worker protocol as the database, the log and the status have them.

extension WireJobFailure {
    /// What a backend's failure is called on the wire.
    init(_ code: BackendError.Code) {
        switch code {
        case .unavailable: self = .backendUnavailable
        case .timeout: self = .backendTimeout
        case .protocolViolation: self = .backendProtocol
        case .invalidRequest: self = .invalidRequest
        case .contextLengthExceeded: self = .contextLengthExceeded
        case .failed: self = .backendError
        case .unsupported: self = .unsupported
        }
    }

    /// `jobs.error_code`.
    var word: String {
        switch self {
        case .backendError: "backend_error"
        case .backendUnavailable: "backend_unavailable"
        case .backendTimeout: "backend_timeout"
        case .backendProtocol: "backend_protocol"
        case .invalidRequest: "invalid_request"
        case .contextLengthExceeded: "context_length_exceeded"
        case .cancelled: "cancelled"
        case .outputTooLarge: "output_too_large"
        case .workerError: "worker_error"
        case .unsupported: "unsupported"
        case .unspecified, .UNRECOGNIZED: "unspecified"
        }
    }
}

extension WireCancelReason {
    var word: String {
        switch self {
        case .callerGone: "caller_gone"
        case .callerTooSlow: "caller_too_slow"
        case .jobLost: "job_lost"
        case .deadline: "deadline"
        case .protocol: "protocol"
        case .unspecified, .UNRECOGNIZED: "unspecified"
        }
    }
}

extension WireReceiptRefusal {
    /// `receipts.reason`.
    var word: String {
        switch self {
        case .invalidSignature: "invalid_signature"
        case .offerMismatch: "offer_mismatch"
        case .requestMismatch: "request_mismatch"
        case .outputMismatch: "output_mismatch"
        case .times: "times"
        case .counts: "counts"
        case .jobLost: "job_lost"
        case .unknownJob: "unknown_job"
        case .unspecified, .UNRECOGNIZED: "unspecified"
        }
    }
}

extension WireRefusal {
    var word: String {
        switch self {
        case .atCapacity: "at_capacity"
        case .modelUnavailable: "model_unavailable"
        case .draining: "draining"
        case .paused: "paused"
        case .tooLarge: "too_large"
        case .unsupported: "unsupported"
        case .backendUnhealthy: "backend_unhealthy"
        case .tooLittleTime: "too_little_time"
        case .invalidOffer: "invalid_offer"
        case .fault: "fault"
        case .unspecified, .UNRECOGNIZED: "unspecified"
        }
    }
}

extension WireUsageSource {
    init(_ source: UsageSource) {
        switch source {
        case .backend: self = .backend
        case .estimated: self = .estimated
        }
    }
}

extension WireWorkerMessage {
    static func make(_ delta: WireJobDelta) -> WireWorkerMessage {
        var message = WireWorkerMessage()
        message.jobDelta = delta
        return message
    }

    /// A job's end as it goes out the first time and every time after.
    static func finished(_ jobID: String, _ usage: TokenUsage, receipt: [UInt8]) -> WireWorkerMessage {
        .make {
            $0.jobFinished.jobID = jobID
            $0.jobFinished.promptTokens = UInt32(clamping: usage.promptTokens)
            $0.jobFinished.completionTokens = UInt32(clamping: usage.completionTokens)
            $0.jobFinished.usageSource = WireUsageSource(usage.source)
            $0.jobFinished.receipt = .init(receipt)
        }
    }

    /// The same from the disk.
    static func finished(_ pending: PendingReceipt) -> WireWorkerMessage {
        finished(
            pending.jobID,
            TokenUsage(
                promptTokens: pending.promptTokens,
                completionTokens: pending.completionTokens,
                source: UsageSource(rawValue: pending.usageSource) ?? .estimated
            ),
            receipt: pending.envelope
        )
    }

    /// About what a `JobFinished` takes on the stream.
    var receiptBytes: Int { jobFinished.receipt.count + 64 }
}

extension WireJobDelta {
    /// About what it takes on the stream.
    var outputBytes: Int { choices.reduce(64) { $0 + $1.outputBytes + 64 } }
}
