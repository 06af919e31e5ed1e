import Testing

@testable import Backends

@Suite struct ConnectionReuseTests {
    private var reuse = ConnectionReuse()

    @Test func `a connection is used again unless something speaks against it`() {
        #expect(reuse.isAllowed(at: .zero))
    }

    @Test mutating func `llama.cpp's connections are never used again`() {
        reuse.metLlamaCpp()
        #expect(!reuse.isAllowed(at: .seconds(86_400)))
    }

    @Test mutating func `a closed connection makes the next minutes cautious`() {
        reuse.metClosedConnection(at: .seconds(10))
        #expect(!reuse.isAllowed(at: .seconds(309)))
        #expect(reuse.isAllowed(at: .seconds(310)))
    }
}
