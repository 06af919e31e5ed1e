import Backends
import Signing
import Testing
import WorkerProtocol

@testable import Worker

struct ModelTableTests {
    private let network = Identity.generate().address
    private let start = ContinuousClock.now

    private func job(_ model: String = "tiny-chat", tokens: Int = 1, of network: Address? = nil) -> JobSize {
        JobSize(network: network ?? self.network, model: model, tokens: tokens)
    }

    private func healthy(slots: Int) throws -> ModelTable {
        var table = ModelTable(try WorkerConfiguration.test(slots: slots).models)
        _ = table.probed("scripted", .healthy)
        return table
    }

    private func refusal(_ table: inout ModelTable, _ model: String = "tiny-chat") -> WireRefusal? {
        refusal(&table, job(model))
    }

    private func refusal(_ table: inout ModelTable, _ job: JobSize) -> WireRefusal? {
        do throws(JobRefusal) {
            try table.reserve(job, at: start)
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
        table.release(job())
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

    @Test func `slots of all models are bounded together`() throws {
        var sections = try WorkerConfiguration.test(slots: 2).models
        sections.append(sections[0])
        sections[1].id = "other"
        var table = ModelTable(sections, totalSlots: 3)
        _ = table.probed("scripted", .healthy)
        let refusals = ["tiny-chat", "tiny-chat", "other", "other"].map { refusal(&table, $0) }
        #expect(refusals == [nil, nil, nil, .atCapacity])
        #expect(table.wire.map(\.freeSlots) == [0, 0])
        table.release(job())
        #expect(table.wire.map(\.freeSlots) == [1, 1])
        #expect(refusal(&table, "other") == nil)
    }

    @Test func `tokens of running jobs are bounded together`() throws {
        var sections = try WorkerConfiguration.test(slots: 8).models
        sections[0].tokenBudget = 1_000
        var table = ModelTable(sections)
        _ = table.probed("scripted", .healthy)
        #expect(refusal(&table, job(tokens: 1_001)) == .tooLarge)
        #expect(refusal(&table, job(tokens: 600)) == nil)
        #expect(refusal(&table, job(tokens: 401)) == .atCapacity)
        #expect(refusal(&table, job(tokens: 400)) == nil)
        table.release(job(tokens: 600))
        #expect(refusal(&table, job(tokens: 600)) == nil)
    }

    @Test func `without a budget, what the backend reports counts, but a lone job is let in`() throws {
        var table = try healthy(slots: 8)
        #expect(refusal(&table, job(tokens: 1 << 20)) == nil)
        #expect(refusal(&table, job(tokens: 1 << 20)) == nil)
        table = try healthy(slots: 8)
        _ = table.probed("scripted", BackendHealth(state: .healthy, slots: 2, contextWindow: 1_024))
        #expect(table["tiny-chat"]?.tokenBudget == 2_048)
        #expect(refusal(&table, job(tokens: 4_096)) == nil)
        #expect(refusal(&table, job(tokens: 1)) == .atCapacity)
    }

    @Test func `a network that holds every slot leaves the next to one that was refused`() throws {
        var table = try healthy(slots: 1)
        let other = Identity.generate().address
        #expect(refusal(&table, job()) == nil)
        #expect(refusal(&table, job(of: other)) == .atCapacity)
        table.release(job())
        #expect(refusal(&table, job()) == .atCapacity)
        #expect(refusal(&table, job(of: other)) == nil)
    }

    @Test func `a changed configuration keeps the slots of running jobs`() throws {
        var table = try healthy(slots: 4)
        let taken = (0..<3).map { _ in refusal(&table) }
        #expect(taken == [nil, nil, nil])
        var sections = try WorkerConfiguration.test(slots: 2).models
        table.configure(sections, totalSlots: nil)
        #expect(table.entries[0].health == .healthy)
        #expect(table.wire[0].freeSlots == 0)
        #expect(refusal(&table) == .atCapacity)
        table.configure([], totalSlots: nil)
        #expect(table.jobsInFlight == 3)
        #expect(refusal(&table) == .modelUnavailable)
        table.release(job())
        // It comes back with another backend: what still runs counts, what was known of the old one does not.
        sections[0].backend = "another"
        table.configure(sections, totalSlots: nil)
        #expect(table.entries[0].inFlight == 2)
        #expect(table.entries[0].health == .starting)
        table.release(job())
        table.release(job())
        table.configure([], totalSlots: nil)
        #expect(table.jobsInFlight == 0)
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
        #expect(model.features == [.tools, .structuredOutput, .logprobs, .completions])
    }

    @Test func `a long reason is cut to what the protocol allows`() throws {
        var table = try healthy(slots: 1)
        _ = table.probed("scripted", .unhealthy(String(repeating: "ä", count: 2_000)))
        let model = try #require(table.wire.first)
        #expect(model.reason.utf8.count <= SessionLimits.textBytes)
    }
}
