import Signing
import Testing

@testable import Gateway

@Suite struct SeenNoncesTests {
    private let wallet = Identity.generate().address
    private let start: Int64 = 1_800_000_000

    @Test func `a nonce is let in once for a wallet`() {
        var nonces = SeenNonces()
        let other = Identity.generate().address
        expect(nonces.take("a", of: wallet, created: start, at: start) == .new)
        expect(nonces.take("a", of: wallet, created: start, at: start) == .seen)
        expect(nonces.take("b", of: wallet, created: start, at: start) == .new)
        expect(nonces.take("a", of: other, created: start, at: start) == .new)
    }

    @Test func `a copy is refused for as long as its signature could be used`() {
        // The request says that it was made 300 s ahead, and can be used until 300 s after that.
        var nonces = SeenNonces()
        expect(nonces.take("a", of: wallet, created: start + 300, at: start) == .new)
        for second in stride(from: start, through: start + 600, by: 1) {
            expect(nonces.take("a", of: wallet, created: start + 300, at: second) == .seen)
            expect(nonces.take("n\(second)", of: wallet, created: second, at: second) == .new)
        }
    }

    @Test func `old nonces make room`() {
        var nonces = SeenNonces(perWallet: 4, limit: 8)
        for round in Int64(0)..<100 {
            let now = start + round * 2000
            for number in 0..<4 {
                expect(nonces.take("\(number)", of: wallet, created: now, at: now) == .new)
            }
            expect(nonces.take("more", of: wallet, created: now, at: now) == .full)
        }
    }

    @Test func `all wallets together have a bound`() {
        var nonces = SeenNonces(perWallet: 4, limit: 8)
        for _ in 0..<8 {
            expect(nonces.take("a", of: Identity.generate().address, created: start, at: start) == .new)
        }
        expect(nonces.take("a", of: Identity.generate().address, created: start, at: start) == .full)
    }

    /// `#expect` cannot hold a call that changes its subject.
    private func expect(_ holds: Bool, sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(holds, sourceLocation: sourceLocation)
    }
}
