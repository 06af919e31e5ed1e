import GRDB
import SQLiteStore
import Synchronization
import Testing

@testable import WorkerStore

/// What the store does while its database cannot be written.
struct StoreHealthTests {
    /// Makes every write fail, as on a file system that has become read-only, or ends that.
    private func setWritable(_ isWritable: Bool, _ store: WorkerStore) async throws {
        try await store.pool.writeWithoutTransaction { database in
            try database.execute(sql: "PRAGMA query_only = \(isWritable ? "OFF" : "ON")")
        }
    }

    @Test func `a failed commit is told, and a try says when it is over`() async throws {
        try await withStore { (store) async throws in
            let told = Mutex(0)
            store.onFailure { told.withLock { $0 += 1 } }
            #expect(await store.tryToWrite() == nil)
            try await setWritable(false, store)
            let error = await #expect(throws: StoreError.self) { try await store.jobFinished(.sample(.sample(1))) }
            #expect(error?.mayPass == true)
            #expect(told.withLock { $0 } == 1)
            #expect(await store.tryToWrite()?.code == error?.code)
            #expect(told.withLock { $0 } == 2)

            try await setWritable(true, store)
            #expect(await store.tryToWrite() == nil)
            try await store.jobFinished(.sample(.sample(1)))
            #expect(try await store.history.pendingReceipts(network: "main", limit: 9).count == 1)
        }
    }

    @Test func `a job's end that could not be stored is made up for, once`() async throws {
        try await withStore { (store) async throws in
            store.jobStarted(.sample(1))
            try await store.group.flush()
            try await setWritable(false, store)
            store.jobFailed(.sample(1), code: "backend_error", message: "broke", at: 5)
            store.jobCancelled(.sample(2), code: "caller_gone", at: 6)
            // Both have been tried when this one has.
            await #expect(throws: StoreError.self) { try await store.jobFinished(.sample(.sample(3))) }
            #expect(await store.tryToWrite() != nil)
            #expect(try await store.history.jobs(limit: 9).map(\.status) == [.running])

            try await setWritable(true, store)
            #expect(await store.tryToWrite() == nil)
            try await store.group.flush()
            #expect(try await store.history.jobs(limit: 9).map(\.status) == [.cancelled, .failed])
            #expect(await store.tryToWrite() == nil)
            #expect(try await store.history.totals().failed == 1)
        }
    }

    @Test func `of too many ends that wait the oldest gives way`() {
        let health = StoreHealth()
        let made = Mutex<[Int]>([])
        for number in 0..<StoreHealth.keptLimit + 2 { health.keep { _ in made.withLock { $0.append(number) } } }
        #expect(health.recovered().count == StoreHealth.keptLimit)
        #expect(health.recovered().isEmpty)
    }
}
