/// Puts a job's deltas in order at the gateway: none is lost, none counts twice.
package struct DeltaSequence: Sendable, Equatable {
    /// The sequence number that is wanted next; `JobResume` asks for it.
    package private(set) var next: UInt64 = 0

    package init() {}

    package enum OnDeltaReceived: Sendable, Equatable {
        /// The delta is the next one: relay it.
        case relay
        /// It came before, on an earlier session: drop it.
        case repeated
        /// One before it is missing: the worker breaks the protocol, end the job.
        case gap
    }

    package mutating func deltaReceived(sequence: UInt64) -> OnDeltaReceived {
        if sequence < next { return .repeated }
        if sequence > next { return .gap }
        next += 1
        return .relay
    }
}
