import Signing
import Testing
import WorkerProtocol

@testable import Gateway

@Suite struct WorkerRegistryTests {
    let first = Identity.generate().address
    let second = Identity.generate().address

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
        excluding excluded: Set<Address> = []
    ) throws -> Address {
        var random = SystemRandomNumberGenerator()
        return try registry.reserve("m", needs: needs, excluding: excluded, using: &random).address
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
        #expect(registry.activeModels == ["m"])
        switch state {
        case "unhealthy": registry.announced(announce(healthy: false), by: first, sessionID: "s1")
        case "paused": registry.announced(announce { $0.paused = true }, by: first, sessionID: "s1")
        case "draining": registry.draining(first, sessionID: "s1")
        default: registry.left(first, sessionID: "s1")
        }
        #expect(registry.activeModels.isEmpty)
        #expect(throws: WorkerRegistry.Unavailable.noWorkers) { try reserve(&registry) }
    }

    @Test func `the end of an old session does not end the new one`() throws {
        var registry = registry(first)
        let former = registry.joined(worker(first, session: "s2"))
        #expect(former?.sessionID == "s1")
        registry.announced(announce(), by: first, sessionID: "s2")
        registry.announced(announce(slots: 0), by: first, sessionID: "s1")
        registry.left(first, sessionID: "s1")
        #expect(registry.activeWorkers(for: "m") == 1)
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
}
