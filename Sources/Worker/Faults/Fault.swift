/// Something about this machine that makes jobs fail, or soon would.
struct Fault: Sendable, Equatable {
    /// What is concerned, as the status and the metrics call it: `disk_space`, `database`, `descriptors`, `clock`.
    var name: String
    /// A sentence for the operator, with the figure that is wrong and what helps.
    var message: String
    /// Whether offers are refused until it is gone; otherwise it is a warning alone.
    var stopsWork: Bool
}
