/// What a backend's stream says, piece by piece.
package enum BackendStreamEvent: Sendable, Equatable {
    /// Output. Deltas that say nothing, such as one with a role alone, never appear.
    case delta(ChoiceDelta)
    /// Tokens so far, as the backend counts them; the last one counts.
    case usage(prompt: Int, completion: Int)
    /// The backend gave up. What it says may quote the prompt.
    case error(BackendFault)
    /// `[DONE]`: nothing follows.
    case done
}
