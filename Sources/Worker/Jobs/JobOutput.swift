import InferenceAPI

/// A complete output: what a receipt is made of.
struct JobOutput: Sendable {
    var choices: [FinalChoice]
    var usage: TokenUsage
    /// In network time; `nil` if there was no output.
    var firstTokenAtMilliseconds: Int64?
    /// In network time.
    var finishedAtMilliseconds: Int64
}

/// How a job ended that has no result.
enum JobEnding: Sendable, Equatable {
    /// The fault of the worker, its backend or the connection.
    case failed(code: String, message: String)
    /// The network wanted it no more before there was output.
    case cancelled(code: String)
}
