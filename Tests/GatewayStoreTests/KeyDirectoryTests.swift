import Foundation
import GatewayStore
import SQLiteStore
import Signing
import Testing

struct KeyDirectoryTests {
    @Test func `a key is found by its text, also after a restart, and is kept as a digest alone`() async throws {
        try await withFixture { fixture in
            let first = try await fixture.open()
            #expect(try await first.createAccount(wallet: fixture.wallet, at: 1))
            #expect(try await first.createAccount(wallet: fixture.wallet, at: 2) == false)
            let (text, key) = try await first.keys.create(
                wallet: fixture.wallet,
                name: "laptop",
                kind: .test,
                at: 3,
                expiresAt: 10,
                models: ["a", "b"],
                spendingCap: 50
            )
            #expect(text.wholeMatch(of: /dcntrl_test_[a-z0-9]{32}/) != nil)
            #expect(first.keys.find(text) == key)
            #expect(first.keys.find(text + "x") == nil)
            await first.shutDown()

            let second = try await fixture.open()
            #expect(second.keys.find(text) == key)
            await second.shutDown()
            for (name, bytes) in try contents(of: fixture.directory) {
                #expect(bytes.range(of: Data(text.utf8.dropFirst(12))) == nil, "\(name) holds the key")
            }
        }
    }

    @Test func `a revoked key stays known, with the time of its first revocation`() async throws {
        try await withFixture { fixture in
            let store = try await fixture.open()
            _ = try await store.createAccount(wallet: fixture.wallet, at: 1)
            let (text, key) = try await store.keys.create(wallet: fixture.wallet, name: "", at: 3)
            #expect(key.fault(at: 5) == nil)
            #expect(try await store.keys.revoke(keyID: key.keyID, at: 5)?.revokedAt == 5)
            #expect(try await store.keys.revoke(keyID: key.keyID, at: 9)?.revokedAt == 5)
            #expect(try await store.keys.revoke(keyID: "key_none", at: 9) == nil)
            #expect(store.keys.find(text)?.fault(at: 5) == .revoked)
            await store.shutDown()
            let again = try await fixture.open()
            #expect(again.keys.find(text)?.fault(at: 5) == .revoked)
            await again.shutDown()
        }
    }

    @Test func `a key expires at its time`() async throws {
        try await withFixture { fixture in
            let store = try await fixture.open()
            _ = try await store.createAccount(wallet: fixture.wallet, at: 1)
            let key = try await store.keys.create(wallet: fixture.wallet, name: "", at: 3, expiresAt: 10).key
            #expect(key.fault(at: 9) == nil)
            #expect(key.fault(at: 10) == .expired)
            await store.shutDown()
        }
    }

    @Test func `a key needs an account`() async throws {
        try await withFixture { fixture in
            let store = try await fixture.open()
            let error = await #expect(throws: StoreError.self) {
                try await store.keys.create(wallet: fixture.wallet, name: "", at: 3)
            }
            #expect(error?.code == .constraint)
            #expect(store.keys.list().isEmpty)
            await store.shutDown()
        }
    }

    @Test func `keys are listed by wallet, the oldest first`() async throws {
        try await withFixture { fixture in
            let store = try await fixture.open()
            for wallet in [fixture.wallet, fixture.otherWallet] {
                _ = try await store.createAccount(wallet: wallet, at: 1)
            }
            for (name, wallet, time) in [
                ("b", fixture.wallet, 2), ("a", fixture.wallet, 1), ("c", fixture.otherWallet, 3),
            ] {
                _ = try await store.keys.create(wallet: wallet, name: name, at: Int64(time))
            }
            #expect(store.keys.list().map(\.name) == ["a", "b", "c"])
            #expect(store.keys.list(wallet: fixture.wallet).map(\.name) == ["a", "b"])
            await store.shutDown()
            let history = try GatewayHistory(path: fixture.path)
            #expect(try await history.keys(wallet: fixture.wallet.description).map(\.name) == ["a", "b"])
        }
    }
}
