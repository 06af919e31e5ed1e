/// Why a delta cannot belong to the output before it.
///
/// Whoever sent it broke the protocol: its job ends.
package struct OutputError: Error, Equatable, Sendable, CustomStringConvertible {
    package enum Code: String, Sendable {
        /// The choice's index is not below the number of choices asked for.
        case unknownChoice
        /// The choice had its finish reason already.
        case choiceIsFinished
        /// The texts pass the limit in bytes.
        case tooLarge
        /// The logprobs pass theirs.
        case logprobsTooLarge
        /// A tool call begins without an id, has another id or name later, or there are too many.
        case malformedToolCall
        /// A `logprobs` text is not a JSON object of arrays.
        case malformedLogprobs
        /// The delta has what the request's kind has no place for, or lacks what it must have.
        case wrongForm
    }

    package let code: Code
    /// A sentence for a person; never a piece of the output.
    package let message: String

    package var description: String { message }
}
