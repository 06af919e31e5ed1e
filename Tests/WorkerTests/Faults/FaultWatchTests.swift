import SQLiteStore
import ServiceLifecycle
import Synchronization
import TestSupport
import Testing

@testable import Worker

@Suite(.timeLimit(.minutes(1)))
struct FaultWatchTests {
    @Test func `a fault is told when a look finds it, and again when it is gone`() async throws {
        try await withWatch { (watch, machine) async throws in
            var told = machine.told.makeAsyncIterator()
            _ = await machine.clock.nextSleep()
            machine.free.withLock { $0 = 1 << 20 }
            machine.clock.advance(by: FaultWatch.interval)
            let faults = await told.next()
            #expect(faults?.map(\.name) == ["disk_space"])
            #expect(faults?.first?.stopsWork == true)
            #expect(await machine.log.next("a fault stops new work")?.metadata["fault"] == "disk_space")
            machine.free.withLock { $0 = 1 << 40 }
            machine.clock.advance(by: FaultWatch.interval)
            #expect(await told.next() == [])
            _ = try #require(await machine.log.next("a fault is gone"))
        }
    }

    @Test func `a commit that fails is looked after at once`() async throws {
        try await withWatch { (watch, machine) async throws in
            var told = machine.told.makeAsyncIterator()
            machine.database.withLock { $0 = StoreError(.diskFull, "full") }
            watch.lookNow()
            #expect(await told.next()?.map(\.name) == ["database"])
            machine.database.withLock { $0 = nil }
            watch.lookNow()
            #expect(await told.next() == [])
        }
    }

    /// What a watch looks at.
    private final class Machine: Sendable {
        let free = Mutex(1 << 40)
        let database = Mutex<StoreError?>(nil)
        let clock = ManualClock()
        let log = LogRecorder()
        let told: AsyncStream<[Fault]>
        let tell: AsyncStream<[Fault]>.Continuation

        init() {
            (told, tell) = AsyncStream.makeStream()
        }
    }

    private func withWatch(_ body: (FaultWatch, Machine) async throws -> Void) async throws {
        let machine = Machine()
        let watch = FaultWatch(
            probes: .init(
                diskSpace: { .init(path: "/state", free: machine.free.withLock { $0 }, total: 1 << 41) },
                descriptors: { .init(open: 9, limit: 100) },
                clockOffsets: { [] },
                database: { machine.database.withLock { $0 } }
            ),
            clock: machine.clock,
            logger: machine.log.logger
        ) { machine.tell.yield($0) }
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await watch.run() }
            try await body(watch, machine)
            tasks.cancelAll()
        }
    }
}
