import Backends
import Testing
import WorkerProtocol

@testable import Worker

struct ModelTableTests {
    private func healthy(slots: Int) throws -> ModelTable {
        var table = ModelTable(try WorkerConfiguration.test(slots: slots).models)
        _ = table.probed("scripted", .healthy)
        return table
    }

    private func refusal(_ table: inout ModelTable, _ model: String = "tiny-chat") -> WireRefusal? {
        do throws(JobRefusal) {
            try table.reserve(model)
            return nil
        } catch {
            return error.reason
        }
    }

    @Test func `slots run out and come back`() throws {
        var table = try healthy(slots: 2)
        #expect(refusal(&table) == nil)
        #expect(refusal(&table) == nil)
        #expect(refusal(&table) == .atCapacity)
        table.release("tiny-chat")
        #expect(refusal(&table) == nil)
        #expect(table.jobsInFlight == 2)
    }

    @Test func `a model without a healthy backend has no slots`() throws {
        var table = ModelTable(try WorkerConfiguration.test().models)
        #expect(refusal(&table) == .backendUnhealthy)
        _ = table.probed("scripted", .unhealthy("no answer"))
        #expect(refusal(&table) == .backendUnhealthy)
        #expect(refusal(&table, "another") == .modelUnavailable)
    }

    @Test func `only what changed is told`() throws {
        var table = try healthy(slots: 1)
        #expect(table.probed("scripted", .healthy).isEmpty)
        #expect(table.probed("another", .unhealthy("x")).isEmpty)
        #expect(table.probed("scripted", .unhealthy("x")) == ["tiny-chat"])
        #expect(table.probed("scripted", .unhealthy("y")) == ["tiny-chat"])
    }

    @Test func `the wire tells slots, health and features`() throws {
        var table = try healthy(slots: 3)
        #expect(refusal(&table) == nil)
        let model = try #require(table.wire.first)
        #expect(model.id == "tiny-chat")
        #expect(model.slots == 3)
        #expect(model.freeSlots == 2)
        #expect(model.contextWindow == 2048)
        #expect(model.health == .healthy)
        #expect(model.features == [.tools, .structuredOutput, .logprobs])
    }

    @Test func `a long reason is cut to what the protocol allows`() throws {
        var table = try healthy(slots: 1)
        _ = table.probed("scripted", .unhealthy(String(repeating: "ä", count: 2_000)))
        let model = try #require(table.wire.first)
        #expect(model.reason.utf8.count <= SessionLimits.textBytes)
    }
}
