import GatewayStore
import Testing

struct RequestNonceTests {
    @Test func `nonces are remembered across a restart, and old ones are forgotten`() async throws {
        try await withFixture { fixture in
            let nonces = [
                RequestNonce(wallet: fixture.wallet, nonce: "a", created: 1_000),
                RequestNonce(wallet: fixture.otherWallet, nonce: "a", created: 1_200),
                RequestNonce(wallet: fixture.wallet, nonce: "b", created: 1_300),
            ]
            let first = try await fixture.open()
            for nonce in nonces + nonces.suffix(1) { first.nonceUsed(nonce) }
            await first.shutDown()

            let second = try await fixture.open()
            #expect(try await second.nonces(createdSince: 1_200) == Array(nonces.dropFirst()))
            // One that was forgotten stays so.
            #expect(try await second.nonces(createdSince: 0) == Array(nonces.dropFirst()))
            let late = RequestNonce(wallet: fixture.wallet, nonce: "c", created: 1_300 + 901)
            second.nonceUsed(late)
            #expect(try await second.nonces(createdSince: 0) == [late])
            await second.shutDown()
        }
    }
}
