import StrictJSON

/// A header of an answer; each stands once among the document's components.
enum APIHeader: String, Sendable, CaseIterable {
    case requestID = "x-request-id"
    case creditsRemaining = "x-decentral-credits-remaining"
    case jobID = "x-decentral-job-id"
    case txSignature = "x-decentral-tx-signature"
    case worker = "x-decentral-worker"
    case settlementTx = "x-decentral-settlement-tx"
    case retryAfter = "retry-after"
    case shouldRetry = "x-should-retry"
    case etag = "etag"

    /// A reference to the component.
    var reference: JSONValue { ["$ref": .string("#/components/headers/\(rawValue)")] }

    var component: JSONValue {
        ["description": .string(description), "required": .bool(isAlwaysThere), "schema": schema.value]
    }

    /// Whether an answer that names it always has it.
    private var isAlwaysThere: Bool {
        switch self {
        case .settlementTx, .shouldRetry: false
        default: true
        }
    }

    private var schema: JSONSchema {
        switch self {
        case .requestID: .string(1...128)
        case .creditsRemaining: .integer(0...)
        case .jobID: .jobID
        case .txSignature, .settlementTx: .transaction
        case .worker: .address
        case .retryAfter: .integer(0...)
        case .shouldRetry: .word(["true", "false"])
        case .etag: .string()
        }
    }

    private var description: String {
        switch self {
        case .requestID: "The caller's, if it was 1 to 128 visible ASCII characters, or a new one."
        case .creditsRemaining: "The balance after this request; on a stream, after the lock."
        case .jobID: "The job."
        case .txSignature: "The signature of the lock."
        case .worker: "The address of the worker."
        case .settlementTx: "The signature of the settlement; on a stream it comes as a trailer."
        case .retryAfter: "Seconds after which another try makes sense, as `error.retry_after`."
        case .shouldRetry: "What OpenAI's clients go by before they repeat a request."
        case .etag: "Changes when the document does."
        }
    }
}
