import InferenceAPI
import Testing

@testable import Gateway

@Suite struct WaitingJobsTests {
    private func id(_ number: UInt64) -> JobID { JobID(milliseconds: 1, random: number) }

    @Test func `who came first goes first, model by model`() {
        var waiting = WaitingJobs(limit: 10)
        for number in 0..<3 as Range<UInt64> { expect(waiting.append(id(number), model: "a")) }
        expect(waiting.append(id(9), model: "b"))
        expect(waiting.take(at: 0, model: "a") == id(0))
        waiting.putBack(id(0), at: 0, model: "a")
        waiting.remove(id(1), model: "a")
        expect(waiting.take(at: 0, model: "a") == id(0))
        expect(waiting.take(at: 0, model: "a") == id(2))
        expect(waiting.take(at: 0, model: "a") == nil)
        #expect(waiting.count(of: "a") == 0)
        #expect(waiting.count == 1)
    }

    @Test func `a job that must go on waiting lets one behind it pass and keeps its place`() {
        var waiting = WaitingJobs(limit: 10)
        for number in 0..<3 as Range<UInt64> { expect(waiting.append(id(number), model: "a")) }
        expect(waiting.take(at: 0, model: "a") == id(0))
        waiting.putBack(id(0), at: 0, model: "a")
        expect(waiting.take(at: 1, model: "a") == id(1))
        expect(waiting.take(at: 1, model: "a") == id(2))
        waiting.putBack(id(2), at: 1, model: "a")
        expect(waiting.take(at: 0, model: "a") == id(0))
        expect(waiting.take(at: 0, model: "a") == id(2))
        expect(waiting.take(at: 0, model: "a") == nil)
    }

    @Test func `a change while a queue is gone through has it gone through again`() {
        var waiting = WaitingJobs(limit: 1)
        expect(waiting.beginPass(of: "a"))
        expect(waiting.beginPass(of: "b"))
        expect(!waiting.beginPass(of: "a"))
        expect(!waiting.beginPass(of: "a"))
        expect(waiting.mustPassAgain("a"))
        expect(!waiting.mustPassAgain("a"))
        expect(!waiting.mustPassAgain("b"))
        expect(waiting.beginPass(of: "a"))
    }

    @Test func `past the bound nobody is let in`() {
        var waiting = WaitingJobs(limit: 1)
        expect(waiting.append(id(1), model: "a"))
        expect(!waiting.append(id(2), model: "b"))
        waiting.remove(id(1), model: "a")
        waiting.remove(id(1), model: "a")
        expect(waiting.append(id(2), model: "b"))
    }
}

/// `#expect` cannot hold a mutating call.
private func expect(_ holds: Bool, at location: SourceLocation = #_sourceLocation) {
    #expect(holds, sourceLocation: location)
}
