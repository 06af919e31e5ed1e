import Synchronization
import Testing

@testable import Operations

struct HangUpSignalTests {
    @Test func `an action runs once, when the caller hangs up`() async {
        let signal = HangUpSignal()
        let count = Mutex(0)
        await signal.notifying(
            { count.withLock { $0 += 1 } },
            during: {
                #expect(count.withLock { $0 } == 0)
                signal.hangUp()
                signal.hangUp()
            }
        )
        #expect(count.withLock { $0 } == 1)
        #expect(signal.hasHungUp)
    }

    @Test func `an action runs at once when the caller has gone already`() async {
        let signal = HangUpSignal()
        signal.hangUp()
        let count = Mutex(0)
        await signal.notifying(
            { count.withLock { $0 += 1 } },
            during: {
                #expect(count.withLock { $0 } == 1)
            }
        )
    }

    @Test func `an action whose scope has ended is dropped`() async {
        let signal = HangUpSignal()
        let count = Mutex(0)
        await signal.notifying(
            { count.withLock { $0 += 1 } },
            during: {}
        )
        signal.hangUp()
        #expect(count.withLock { $0 } == 0)
    }

    @Test func `waiting ends with the hang-up`() async throws {
        let signal = HangUpSignal()
        async let waiting: Void = signal.wait()
        signal.hangUp()
        try await waiting
    }

    @Test func `waiting ends with its task`() async {
        let signal = HangUpSignal()
        let task = Task { try await signal.wait() }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }
}
