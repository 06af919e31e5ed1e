import InferenceAPI
import Signing

/// Something that happened to one job or offer; never a prompt or an output.
struct JobEvent: Sendable, Equatable {
    enum Kind: Sendable, Equatable {
        /// A network asked.
        case offered
        /// This worker said yes.
        case accepted
        /// This worker said no; the reason is the refusal's word, such as `at_capacity`.
        case refused(reason: String)
        /// The receipt is signed and stored; the network's verdict is awaited.
        case finished
        /// It ended without a result; the code is that of the job's row, such as `backend_timeout` or `caller_gone`.
        case lost(code: String)
        /// The network's signed statement is booked.
        case settled(microUSDC: Int)
        /// The network refused the receipt, or its statement does not hold.
        case unpaid(reason: String)
    }

    var kind: Kind
    /// The gateway.
    var network: Address
    var jobID: JobID
    /// The network's id of the model; `nil` if this worker hosts none of that name.
    var model: String?
    /// For people.
    var message: String?
}
