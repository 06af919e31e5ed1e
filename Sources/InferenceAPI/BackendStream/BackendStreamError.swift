/// Why a backend's stream cannot be read on; the connection is of no more use.
package struct BackendStreamError: Error, Equatable, Sendable, CustomStringConvertible {
    package enum Code: String, Sendable {
        /// An event passes ``BackendStreamParser/maximumEventBytes``.
        case tooLong
        /// The data of an event is no JSON, or a member is not of the type that OpenAI's format gives it.
        case malformedChunk
        /// More tool calls than any request can ask for.
        case tooManyToolCalls
        /// The stream ended in the middle of an event.
        case endedInsideEvent
    }

    package let code: Code
    /// A sentence for a person; never a piece of the stream.
    package let message: String

    package var description: String { message }
}
