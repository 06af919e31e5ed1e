import Signing
import Testing

@testable import Gateway

@Suite struct SignInChallengesTests {
    private let wallet = Identity.generate()
    private let start: Int64 = 1_800_000_000_000

    private func make() throws -> SignInChallenges {
        SignInChallenges(service: try #require(PublicURL("https://api.example/v1")))
    }

    private func outcome(
        _ challenges: inout SignInChallenges,
        _ message: SignInMessage,
        by signer: Identity,
        at now: Int64
    ) -> SignInChallenges.Failure? {
        do throws(SignInChallenges.Failure) {
            try challenges.finish(
                wallet: message.wallet,
                nonce: message.nonce,
                signature: signer.sign(Array(message.text.utf8)),
                atMilliseconds: now
            )
            return nil
        } catch {
            return error
        }
    }

    @Test func `the message names the service, the wallet, the nonce and its time`() throws {
        var challenges = try make()
        let message = challenges.begin(wallet: wallet.address, nonce: "abc", atMilliseconds: start)
        #expect(
            message.text == """
                api.example wants you to sign in with your Solana account:
                \(wallet.address)

                Sign in to use this wallet's credits. This costs nothing and moves nothing.

                URI: https://api.example/v1
                Version: 1
                Nonce: abc
                Issued At: 2027-01-15T08:00:00.000Z
                Expiration Time: 2027-01-15T08:05:00.000Z
                """
        )
    }

    @Test func `a wallet signs in once with a challenge`() throws {
        var challenges = try make()
        let message = challenges.begin(wallet: wallet.address, nonce: "n", atMilliseconds: start)
        #expect(outcome(&challenges, message, by: wallet, at: start + 1) == nil)
        #expect(outcome(&challenges, message, by: wallet, at: start + 2) == .unknown)
    }

    @Test func `a wrong signature uses the challenge up`() throws {
        var challenges = try make()
        let message = challenges.begin(wallet: wallet.address, nonce: "n", atMilliseconds: start)
        #expect(outcome(&challenges, message, by: .generate(), at: start) == .badSignature)
        #expect(outcome(&challenges, message, by: wallet, at: start) == .unknown)
    }

    @Test func `a challenge is good for five minutes`() throws {
        var challenges = try make()
        let message = challenges.begin(wallet: wallet.address, nonce: "n", atMilliseconds: start)
        #expect(outcome(&challenges, message, by: wallet, at: start + 300_000) == .expired)
    }

    @Test func `another wallet cannot use it`() throws {
        var challenges = try make()
        var message = challenges.begin(wallet: wallet.address, nonce: "n", atMilliseconds: start)
        let other = Identity.generate()
        message.wallet = other.address
        #expect(outcome(&challenges, message, by: other, at: start) == .unknown)
    }

    @Test func `a flood drops the oldest`() throws {
        var challenges = try make()
        let first = challenges.begin(wallet: wallet.address, nonce: "first", atMilliseconds: start)
        var last = first
        for number in 0..<2 * SignInChallenges.limit {
            last = challenges.begin(wallet: wallet.address, nonce: "n\(number)", atMilliseconds: start)
        }
        #expect(outcome(&challenges, first, by: wallet, at: start) == .unknown)
        #expect(outcome(&challenges, last, by: wallet, at: start) == nil)
    }
}
