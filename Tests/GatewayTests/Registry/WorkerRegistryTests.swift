import Signing
import Testing
import WorkerProtocol

@testable import Gateway

@Suite struct WorkerRegistryTests {
    let first = Identity.generate().address
    let second = Identity.generate().address
    /// Boxed, so that the helpers need not change the suite.
    private let random = SeededSource(seed: 7)

    private func worker(_ address: Address, session: String = "s1") -> LiveWorker {
        LiveWorker(
            address: address,
            payoutAddress: address,
            software: "test/1",
            sessionID: session,
            shareBasisPoints: 7500,
            since: .now
        )
    }

    private func announce(
        slots: UInt32 = 1,
        healthy: Bool = true,
        _ change: (inout WireAnnounce) -> Void = { _ in }
    )
        -> WireAnnounce
    {
        .make {
            $0.models = [
                .make {
                    $0.id = "m"
                    $0.slots = slots
                    $0.health = healthy ? .healthy : .unhealthy
                    $0.features = [.tools]
                }
            ]
            change(&$0)
        }
    }

    private func reserve(
        _ registry: inout WorkerRegistry,
        needs: Set<LiveWorker.Feature> = [],
        excluding excluded: Set<Address> = [],
        by book: ReputationBook = ReputationBook(),
        at now: Int64 = 0
    ) throws -> Address {
        var random = random
        return try registry.reserve("m", needs: needs, excluding: excluded, by: book, at: now, using: &random).address
    }

    private func registry(_ addresses: Address..., slots: UInt32 = 1) -> WorkerRegistry {
        var registry = WorkerRegistry()
        for address in addresses {
            _ = registry.joined(worker(address))
            registry.announced(announce(slots: slots), by: address, sessionID: "s1")
        }
        return registry
    }

    @Test func `a slot is held from the reservation to the release`() throws {
        var registry = registry(first)
        let before = try reserve(&registry)
        #expect(before == first)
        #expect(throws: WorkerRegistry.Unavailable.atCapacity) { try reserve(&registry) }
        registry.release("m", on: first, sessionID: "s1")
        let after = try reserve(&registry)
        #expect(after == first)
    }

    @Test func `of two workers the less loaded gets the job`() throws {
        var registry = registry(first, second, slots: 100)
        var jobs: [Address: Int] = [:]
        for _ in 0..<100 {
            jobs[try reserve(&registry), default: 0] += 1
        }
        #expect(abs(jobs[first, default: 0] - jobs[second, default: 0]) <= 20)
    }

    @Test func `a worker that was asked before is not asked again`() throws {
        var registry = registry(first, second)
        let other = try reserve(&registry, excluding: [first])
        #expect(other == second)
        #expect(throws: WorkerRegistry.Unavailable.noWorkers) { try reserve(&registry, excluding: [first, second]) }
    }

    @Test func `a need that a worker could meet, if it took offers, may be asked for again`() throws {
        var registry = registry(first, second)
        let able = WireHostedModel.make {
            $0.id = "m"
            $0.slots = 1
            $0.health = .unhealthy
            $0.features = [.logprobs]
        }
        registry.announced(.make { $0.models = [able] }, by: first, sessionID: "s1")
        #expect(throws: WorkerRegistry.Unavailable.noWorkers) { try reserve(&registry, needs: [.logprobs]) }
    }

    @Test func `a need that no worker meets is named`() throws {
        var registry = registry(first)
        #expect(throws: WorkerRegistry.Unavailable.unsupported(.logprobs)) {
            try reserve(&registry, needs: [.logprobs], excluding: [])
        }
        let capable = try reserve(&registry, needs: [.tools], excluding: [])
        #expect(capable == first)
    }

    @Test(arguments: ["unhealthy", "paused", "draining", "gone"])
    func `no offer goes to a worker that is`(_ state: String) throws {
        var registry = registry(first)
        let whole = ModelCapacity(workers: 1, slots: 1, busy: 0)
        #expect(registry.capacities(by: ReputationBook(), at: 0) == ["m": whole])
        switch state {
        case "unhealthy": registry.announced(announce(healthy: false), by: first, sessionID: "s1")
        case "paused": registry.announced(announce { $0.paused = true }, by: first, sessionID: "s1")
        case "draining": registry.draining(first, sessionID: "s1")
        default: _ = registry.left(first, sessionID: "s1")
        }
        #expect(registry.capacities(by: ReputationBook(), at: 0).isEmpty)
        #expect(throws: WorkerRegistry.Unavailable.noWorkers) { try reserve(&registry) }
    }

    @Test func `the end of an old session does not end the new one`() throws {
        var registry = registry(first)
        let former = registry.joined(worker(first, session: "s2"))
        #expect(former?.sessionID == "s1")
        registry.announced(announce(), by: first, sessionID: "s2")
        registry.announced(announce(slots: 0), by: first, sessionID: "s1")
        let hasLeft = registry.left(first, sessionID: "s1")
        #expect(!hasLeft)
        #expect(registry.capacities(by: ReputationBook(), at: 0)["m"]?.workers == 1)
        _ = try reserve(&registry)
        registry.release("m", on: first, sessionID: "s1")
        #expect(throws: WorkerRegistry.Unavailable.atCapacity) { try reserve(&registry) }
    }

    @Test func `a heartbeat does not give slots back that are in use`() throws {
        var registry = registry(first)
        _ = try reserve(&registry)
        registry.heartbeat(.make { $0.models = announce().models }, by: first, sessionID: "s1")
        #expect(throws: WorkerRegistry.Unavailable.atCapacity) { try reserve(&registry) }
    }

    // MARK: Choice

    /// A book in which a worker's jobs failed in a row at time 0.
    private func book(setAside address: Address) -> ReputationBook {
        var book = ReputationBook()
        var random = random
        for number in 1...3 {
            _ = book.failed(
                .init(at: 0, jobID: "job_\(number)", model: "m", fault: .backendError),
                by: address,
                sessionID: "s1",
                using: &random
            )
        }
        return book
    }

    @Test func `a worker that is set aside gets nothing while another can take the job`() throws {
        var registry = registry(first, second, slots: 100)
        let book = book(setAside: first)
        for _ in 0..<50 {
            let chosen = try reserve(&registry, by: book, at: 1)
            #expect(chosen == second)
        }
    }

    @Test func `a model whose only worker is set aside has nobody until it is back`() throws {
        var registry = registry(first)
        let book = book(setAside: first)
        guard case .setAside(let until) = book.verdict(on: first, at: 0) else {
            return #expect(Bool(false), "not set aside")
        }
        #expect(throws: WorkerRegistry.Unavailable.setAside(until: until)) { try reserve(&registry, by: book, at: 1) }
        #expect(registry.capacities(by: book, at: 1).isEmpty)
        #expect(registry.capacities(by: book, at: until)["m"]?.workers == 1)
        let chosen = try reserve(&registry, by: book, at: until)
        #expect(chosen == first)
    }

    @Test func `a worker on trial has one job at a time, whatever its slots`() throws {
        var registry = registry(first, slots: 8)
        let book = book(setAside: first)
        let later: Int64 = 3_600_000
        _ = try reserve(&registry, by: book, at: later)
        #expect(throws: WorkerRegistry.Unavailable.atCapacity) { try reserve(&registry, by: book, at: later) }
        registry.release("m", on: first, sessionID: "s1")
        _ = try reserve(&registry, by: book, at: later)
    }

    @Test func `a worker that must load the model comes when nobody who has it is free`() throws {
        var registry = registry(first, second)
        registry.announced(announce { $0.models[0].health = .unloaded }, by: first, sessionID: "s1")
        let loaded = try reserve(&registry)
        #expect(loaded == second)
        let unloaded = try reserve(&registry)
        #expect(unloaded == first)
    }

    @Test func `a worker that keeps refusing while it has free slots is passed over for ten seconds`() throws {
        var registry = registry(first, second, slots: 100)
        var book = ReputationBook()
        for _ in 1...3 { book.refused("m", by: first, withFreeSlots: true, at: 0) }
        for _ in 0..<20 {
            let chosen = try reserve(&registry, by: book, at: 9_999)
            #expect(chosen == second)
        }
        var chosen: Set<Address> = []
        for _ in 0..<50 { chosen.insert(try reserve(&registry, by: book, at: 10_000)) }
        #expect(chosen == [first, second])
    }

    @Test func `the better worker gets most of the jobs, and the worse one some`() throws {
        var registry = registry(first, second, slots: 4096)
        var book = ReputationBook()
        for address in [first, second] {
            for _ in 0..<40 {
                book.settled(
                    "m",
                    by: address,
                    timeToFirstToken: address == first ? 100 : 1_000,
                    outputBytes: 400,
                    completionTokens: 100,
                    at: 0
                )
            }
        }
        book.refresh(live: registry.announcedModels, at: 0)
        #expect(book.score(of: first, for: "m") > book.score(of: second, for: "m"))
        var jobs: [Address: Int] = [:]
        for _ in 0..<400 { jobs[try reserve(&registry, by: book), default: 0] += 1 }
        // The worse one is drawn against itself in a quarter of the draws.
        #expect((220...360).contains(jobs[first, default: 0]))
        #expect(jobs[second, default: 0] >= 40)
    }

    @Test func `whatever happens, no slot is given twice and none is lost`() throws {
        let addresses = (0..<5).map { _ in Identity.generate().address }
        var registry = WorkerRegistry()
        for address in addresses {
            _ = registry.joined(worker(address))
            registry.announced(announce(slots: 3), by: address, sessionID: "s1")
        }
        var held: [Address] = []
        var source = random
        for _ in 0..<2_000 {
            if Bool.random(using: &source), let place = held.indices.randomElement(using: &source) {
                registry.release("m", on: held.remove(at: place), sessionID: "s1")
            } else if let address = try? reserve(&registry) {
                held.append(address)
            } else {
                #expect(held.count == 15)
            }
            for address in addresses {
                #expect(registry.workers[address]?.jobsInFlight == held.count { $0 == address })
            }
        }
    }
}
