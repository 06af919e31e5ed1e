import Hummingbird
import InferenceAPI
import NIOCore
import Signing
import Testing

@testable import Gateway

@Suite struct RequestGateTests {
    private let wallet = Identity.generate().address
    private let other = Identity.generate().address

    @Test func `an account has so many places, each account its own`() {
        var open = OpenRequests(limit: 2)
        let entered = [open.enter(wallet), open.enter(wallet), open.enter(wallet), open.enter(other)]
        #expect(entered == [true, true, false, true])
        #expect(open.count(of: wallet) == 2)
        open.leave(wallet)
        let again = [open.enter(wallet), open.enter(wallet)]
        #expect(again == [true, false])
        for _ in 0..<3 { open.leave(wallet) }
        #expect(open.count(of: wallet) == 0)
        #expect(open.count(of: other) == 1)
    }

    @Test func `a place is held until the last byte, and one too many is told the bound`() async throws {
        let gate = RequestGate(limit: 1)
        let response = try await gate.pass(wallet) {
            Response(status: .ok, body: .init(byteBuffer: .init(string: "x")))
        }
        #expect(gate.count(of: wallet) == 1)
        let refusal = await #expect(throws: APIError.self) { try await gate.pass(wallet) { Response(status: .ok) } }
        #expect(refusal?.status == 503)
        #expect(refusal?.code == .networkAtCapacity)
        #expect(refusal?.shouldRetry == true)
        #expect(refusal?.message == "This account has 1 requests in progress, the most at a time. Try again in 2 s.")
        #expect(gate.count(of: wallet) == 1)
        try await response.body.write(Sink())
        #expect(gate.count(of: wallet) == 0)
    }

    @Test func `an error, a body that breaks off and an answer that nobody writes give the place back`() async throws {
        let gate = RequestGate(limit: 5)
        await #expect(throws: APIError.self) { try await gate.pass(wallet) { throw APIError.workerFailed() } }
        #expect(gate.count(of: wallet) == 0)

        let broken = try await gate.pass(wallet) {
            Response(status: .ok, body: .init { _ in throw APIError.workerFailed() })
        }
        await #expect(throws: APIError.self) { try await broken.body.write(Sink()) }
        #expect(gate.count(of: wallet) == 0)

        func drop() async throws {
            _ = try await gate.pass(wallet) { Response(status: .ok) }
        }
        try await drop()
        #expect(gate.count(of: wallet) == 0)
    }
}

/// Takes a body and keeps nothing.
private struct Sink: ResponseBodyWriter {
    mutating func write(_ buffer: ByteBuffer) async throws {}
    consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
}
