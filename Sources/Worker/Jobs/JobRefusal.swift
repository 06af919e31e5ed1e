import WorkerProtocol

/// Why an offer is not taken; the network asks another worker.
struct JobRefusal: Error, Sendable, CustomStringConvertible {
    var reason: WireRefusal
    /// For people; never a prompt or an output.
    var message: String

    init(_ reason: WireRefusal, _ message: String) {
        self.reason = reason
        self.message = message
    }

    var description: String { message }
}
