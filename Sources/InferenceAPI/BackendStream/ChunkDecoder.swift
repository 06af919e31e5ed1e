import StrictJSON

/// Turns the data of events into what they say, in the one form that deltas have.
///
/// ``ChunkReader`` reads; this keeps what must be known from chunk to chunk.
struct ChunkDecoder: Sendable {
    private let makeToolCallID: @Sendable () -> String
    private var numbering = ToolCallNumbering()
    /// Choices below 64 that had their finish reason, as bits.
    private var finished: UInt64 = 0

    init(makeToolCallID: @escaping @Sendable () -> String) {
        self.makeToolCallID = makeToolCallID
    }

    /// Appends the events of one chunk: its deltas, then its usage or its error.
    mutating func decode(
        _ data: [UInt8],
        into events: inout [BackendStreamEvent]
    ) throws(BackendStreamError) {
        let start = events.count
        let needsTidying: Bool
        do {
            needsTidying = try Self.read(data, into: &events)
        } catch {
            events.removeSubrange(start...)
            throw BackendStreamError(
                code: .malformedChunk,
                message: "the stream has an event that is no chunk: \(error)"
            )
        }
        if needsTidying { try tidy(&events, from: start) }
    }

    private static func read(_ data: [UInt8], into events: inout [BackendStreamEvent]) throws(JSONError) -> Bool {
        let start = events.count
        do {
            return try ChunkReader.read(data, into: &events)
        } catch  where error.code == .invalidUTF8 {
            // A server that cuts its text between the bytes of one character: what a browser does is to put
            // U+FFFD there, and a job is not worth losing for it.
            events.removeSubrange(start...)
            return try ChunkReader.read(Array(String(decoding: data, as: UTF8.self).utf8), into: &events)
        }
    }

    /// Numbers tool calls, and drops a finish reason that comes twice: some servers repeat it with the usage.
    private mutating func tidy(
        _ events: inout [BackendStreamEvent],
        from start: Int
    ) throws(BackendStreamError) {
        var kept = start
        for place in start..<events.count {
            if case .delta(var delta) = events[place] {
                if !delta.toolCalls.isEmpty { try number(&delta) }
                // Other choices are refused, here or where the number of them is known.
                if delta.finishReason != nil, (0..<64).contains(delta.index) {
                    let bit: UInt64 = 1 << UInt64(delta.index)
                    if finished & bit != 0 { delta.finishReason = nil }
                    finished |= bit
                }
                if delta.isEmpty { continue }
                events[kept] = .delta(delta)
            } else {
                events[kept] = events[place]
            }
            kept += 1
        }
        events.removeSubrange(kept...)
    }

    private mutating func number(_ delta: inout ChoiceDelta) throws(BackendStreamError) {
        var pieces: [ToolCallDelta] = []
        for var piece in delta.toolCalls
        where try numbering.rewrite(&piece, choice: delta.index, makeID: makeToolCallID) {
            pieces.append(piece)
        }
        delta.toolCalls = pieces
    }
}
