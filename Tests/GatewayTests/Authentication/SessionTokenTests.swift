import Signing
import Testing

@testable import Gateway

@Suite struct SessionTokenTests {
    private let gateway = Identity.generate()
    private let wallet = Identity.generate().address
    private let start: Int64 = 1_800_000_000_000

    @Test func `a token stands for its wallet until it expires`() throws {
        let token = SessionToken.make(wallet: wallet, expiresAtMilliseconds: start + SessionToken.life, by: gateway)
        #expect(token.hasPrefix("dcntrl_session_"))
        #expect(try SessionToken.read(token, gateway: gateway.address, atMilliseconds: start) == wallet)
        #expect(throws: SessionToken.Failure.expired) {
            try SessionToken.read(token, gateway: gateway.address, atMilliseconds: start + SessionToken.life)
        }
    }

    @Test func `no other gateway's token and no changed one is taken`() {
        let token = SessionToken.make(wallet: wallet, expiresAtMilliseconds: start, by: gateway)
        let other = Identity.generate().address
        #expect(throws: SessionToken.Failure.invalid) {
            try SessionToken.read(token, gateway: other, atMilliseconds: 0)
        }
        for place in token.indices.dropFirst(SessionToken.prefix.count) {
            var changed = token
            changed.replaceSubrange(place...place, with: token[place] == "x" ? "y" : "x")
            #expect(throws: SessionToken.Failure.invalid) {
                try SessionToken.read(changed, gateway: gateway.address, atMilliseconds: 0)
            }
        }
    }

    @Test(arguments: ["", "dcntrl_session_", "dcntrl_session_.", "dcntrl_session_a.b.c", "dcntrl_live_abc"])
    func `what is no token is refused`(text: String) {
        #expect(throws: SessionToken.Failure.invalid) {
            try SessionToken.read(text, gateway: gateway.address, atMilliseconds: 0)
        }
    }
}
