import InferenceAPI
import Testing

@Suite struct JobIDTests {
    @Test func `an id is its time and its random bits in base32`() {
        #expect(JobID(milliseconds: 0, random: 0).description == "job_000000000000000000")
        #expect(JobID(milliseconds: 0, random: 33).description == "job_000000000000000011")
        #expect(JobID(milliseconds: 0xFFFF_FFFF_FFFF, random: .max).description == "job_zzzzzzzzzzzzzzzzzz")
        #expect(JobID(milliseconds: 1, random: 0).description == "job_000000000400000000")
    }

    @Test func `an id reads back as itself`() throws {
        var generator = SeededGenerator(seed: 3)
        for _ in 0..<200 {
            let id = JobID(
                milliseconds: Int64.random(in: 0...0xFFFF_FFFF_FFFF, using: &generator),
                random: generator.next()
            )
            let read = try #require(JobID(id.description))
            #expect(read == id)
            #expect(read.milliseconds == id.milliseconds)
            #expect(id.description.utf8.count == 22)
            #expect(id.answerID(of: .chatCompletions) == "chatcmpl-" + id.description.dropFirst(4))
        }
    }

    @Test func `ids sort by their time`() {
        let texts = [0, 1, 31, 32, 1_750_000_000_000, 1_750_000_000_001, 0xFFFF_FFFF_FFFF]
            .map { JobID(milliseconds: $0, random: .max &- UInt64($0)).description }
        #expect(texts == texts.sorted())
    }

    @Test(arguments: [
        "", "job_", "job_00000000000000000", "job_0000000000000000000", "job_00000000000000000o",
        "job_00000000000000000A", "job_00000000000000000u", "jbo_000000000000000000", "000000000000000000",
        "job_00000000000000000é", " job_000000000000000000", "chatcmpl-000000000000000000",
    ])
    func `what is not in the one form of ids is none`(text: String) {
        #expect(JobID(text) == nil)
    }
}
