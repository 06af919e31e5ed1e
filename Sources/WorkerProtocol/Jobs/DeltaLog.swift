package import InferenceAPI

/// The deltas that a worker sent for one job, kept so that they can be sent again on another session.
///
/// The oldest are dropped once the texts pass `byteLimit`: a gateway that asks for a dropped one gets none of them, and
/// the job fails. The newest are kept because a gateway drains its stream at once, so what it lacks is what was on
/// the way when the session broke.
package struct DeltaLog: Sendable {
    private let jobID: String
    private let byteLimit: Int
    private var kept: [WireJobDelta] = []
    private var keptBytes = 0
    /// The sequence number of the next delta.
    package private(set) var nextSequence: UInt64 = 0

    package init(jobID: JobID, byteLimit: Int) {
        self.jobID = jobID.description
        self.byteLimit = byteLimit
    }

    /// Numbers what arrived together; the result goes on the stream.
    package mutating func append(_ choices: [ChoiceDelta]) -> WireJobDelta {
        var delta = WireJobDelta()
        delta.jobID = jobID
        delta.sequence = nextSequence
        delta.choices = choices.map(WireChoiceDelta.init)
        nextSequence += 1
        kept.append(delta)
        keptBytes += Self.cost(delta)
        if keptBytes > byteLimit { dropOldest() }
        return delta
    }

    /// The deltas from `sequence` on; `nil` if one of them was dropped or never existed.
    package func deltas(from sequence: UInt64) -> [WireJobDelta]? {
        guard sequence <= nextSequence else { return nil }
        let first = nextSequence - UInt64(kept.count)
        guard sequence >= first else { return nil }
        return Array(kept[Int(sequence - first)...])
    }

    private mutating func dropOldest() {
        var dropped = 0
        // Half at a time: removing from the front of an array moves the rest.
        while keptBytes > byteLimit / 2, dropped < kept.count - 1 {
            keptBytes -= Self.cost(kept[dropped])
            dropped += 1
        }
        kept.removeFirst(dropped)
    }

    /// What a delta costs in memory: its texts and a flat sum for the structures around them.
    private static func cost(_ delta: WireJobDelta) -> Int {
        delta.choices.reduce(128) { $0 + $1.outputBytes + 64 }
    }
}
