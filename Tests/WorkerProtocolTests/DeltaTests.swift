import InferenceAPI
import SwiftProtobuf
import Testing
import WorkerProtocol

@Suite struct DeltaTests {
    let job = JobID(milliseconds: 1, random: 1)

    @Test func `what was sent can be sent again from any place`() throws {
        var log = DeltaLog(jobID: job, byteLimit: 1 << 20)
        let sent = (0..<5).map { log.append([ChoiceDelta(index: 0, content: "t\($0)")]) }
        #expect(sent.map(\.sequence) == [0, 1, 2, 3, 4])
        #expect(log.deltas(from: 0) == sent)
        #expect(log.deltas(from: 3) == Array(sent[3...]))
        #expect(log.deltas(from: 5) == [])
        #expect(log.deltas(from: 6) == nil)
    }

    @Test func `a log that is full drops the oldest and says so`() throws {
        var log = DeltaLog(jobID: job, byteLimit: 4096)
        for _ in 0..<100 { _ = log.append([ChoiceDelta(index: 0, content: String(repeating: "x", count: 200))]) }
        #expect(log.deltas(from: 0) == nil)
        let newest = try #require(log.deltas(from: 99))
        #expect(newest.map(\.sequence) == [99])
    }

    @Test func `a gateway relays each delta once and in order`() {
        var sequence = DeltaSequence()
        #expect(sequence.deltaReceived(sequence: 0) == .relay)
        #expect(sequence.deltaReceived(sequence: 0) == .repeated)
        #expect(sequence.deltaReceived(sequence: 2) == .gap)
        #expect(sequence.deltaReceived(sequence: 1) == .relay)
        #expect(sequence.next == 2)
    }

    @Test func `a delta survives the wire as it was`() throws {
        let delta = ChoiceDelta(
            index: 3,
            content: "é🙂",
            reasoningContent: "hm",
            refusal: "no",
            toolCalls: [ToolCallDelta(index: 1, id: "call_1", name: "f", arguments: "{\"a\":")],
            logprobs: Array("{\"content\":[]}".utf8),
            finishReason: .toolCalls
        )
        let bytes: [UInt8] = try WireChoiceDelta(delta).serializedBytes()
        #expect(ChoiceDelta(try WireChoiceDelta(serializedBytes: bytes)) == delta)
    }

    @Test func `an unknown finish reason is not taken for another`() {
        #expect(ChoiceDelta(.make { $0.finishReason = "eos" }) == nil)
    }
}
