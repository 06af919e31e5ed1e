import HTTPTypes
import Hummingbird
import InferenceAPI
import NIOCore
import Signing
import Synchronization
import Testing

@testable import Gateway

@Suite struct DroppedBodyTests {
    @Test func `an answer whose body nobody writes says so, once`() async throws {
        let drops = Counter()
        func drop() async throws {
            // As an answer to a question to a model goes: through the gate, which makes a body around its body.
            _ = try await RequestGate(limit: 1).pass(Identity.generate().address) {
                Response(status: .ok, body: .noticing(dropped: { drops.add() }, write: { _ in }))
            }
        }
        try await drop()
        #expect(drops.count == 1)
    }

    @Test(arguments: [false, true])
    func `a body that was begun does not, whether or not it came to its end`(_ breaksOff: Bool) async throws {
        let drops = Counter()
        let writes = Counter()
        func write() async throws {
            let body = ResponseBody.noticing {
                drops.add()
            } write: { _ in
                writes.add()
                if breaksOff { throw APIError.workerFailed() }
            }
            #expect(drops.count == 0)
            do { try await body.write(Sink()) } catch { #expect(breaksOff) }
        }
        try await write()
        #expect(writes.count == 1)
        #expect(drops.count == 0)
    }
}

/// Counts what happens.
private final class Counter: Sendable {
    private let value = Mutex(0)
    var count: Int { value.withLock { $0 } }

    func add() { value.withLock { $0 += 1 } }
}

/// Takes a body and keeps nothing.
private struct Sink: ResponseBodyWriter {
    mutating func write(_ buffer: ByteBuffer) async throws {}
    consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
}
