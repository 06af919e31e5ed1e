package import GatewayStore
package import Operations
import SQLiteStore
package import Signing

/// The way straight into the database, for the one process that holds the state lock.
package struct StoreAdministration: GatewayAdministration {
    private let store: GatewayStore
    private let clock: WallClock
    /// Hears of bans at once; nil where no daemon runs.
    private let hub: WorkerHub?

    package init(store: GatewayStore, clock: WallClock) {
        self.init(store: store, clock: clock, hub: nil)
    }

    init(store: GatewayStore, clock: WallClock, hub: WorkerHub?) {
        self.store = store
        self.clock = clock
        self.hub = hub
    }

    package func createAccount(_ wallet: Address) async throws -> CreatedAccount {
        let isNew = try await store.createAccount(wallet: wallet, at: clock.nowMilliseconds)
        return CreatedAccount(account: AccountDetails(try await account(wallet)), isNew: isNew)
    }

    package func grant(_ credits: Int, to wallet: Address, reference: String?) async throws -> CreditGrant {
        guard AdminLimits.grant.contains(credits) else {
            throw AdministrationError(
                .invalid,
                "a grant is of \(AdminLimits.grant.lowerBound) to \(AdminLimits.grant.upperBound) credits"
            )
        }
        try check(reference, "the reference of a grant")
        _ = try await account(wallet)
        let balance = try await store.ledger.grant(
            credits,
            to: wallet,
            reference: reference,
            at: clock.nowMilliseconds
        )
        return CreditGrant(
            wallet: wallet.description,
            creditsGranted: credits,
            creditsAvailable: balance.available
        )
    }

    package func createKey(_ kind: APIKey.Kind, name: String, for wallet: Address) async throws -> CreatedKey {
        try check(name, "the name of a key")
        _ = try await account(wallet)
        let (text, key) = try await store.keys.create(
            wallet: wallet,
            name: name,
            kind: kind,
            at: clock.nowMilliseconds
        )
        return CreatedKey(key: text, details: KeyDetails(key))
    }

    package func revokeKey(_ id: String) async throws -> KeyDetails {
        guard let key = try await store.keys.revoke(keyID: id, at: clock.nowMilliseconds) else {
            throw AdministrationError(
                .notFound,
                "there is no such key",
                hint: "\(GatewayDaemon.program) keys list --wallet ADDRESS shows the ids of a wallet's keys"
            )
        }
        return KeyDetails(key)
    }

    package func ban(_ worker: Address, reason: String) async throws {
        try check(reason, "the reason of a ban")
        try await store.ban(worker, reason: reason, at: clock.nowMilliseconds)
        hub?.ban(worker, reason: reason)
    }

    package func unban(_ worker: Address) async throws {
        let wasBanned = try await store.unban(worker)
        hub?.unban(worker)
        guard wasBanned else { throw AdministrationError(.notFound, "\(worker) is not banned") }
    }

    private func check(_ text: String?, _ what: String) throws(AdministrationError) {
        guard (text ?? "").utf8.count <= AdminLimits.textBytes else {
            throw AdministrationError(.invalid, "\(what) has at most \(AdminLimits.textBytes) bytes")
        }
    }

    /// Refuses what is for a wallet that nobody has opened an account for: most likely its address is misspelt.
    private func account(_ wallet: Address) async throws -> AccountRecord {
        guard let record = try await store.history.account(wallet: wallet.description) else {
            throw AdministrationError.noAccount(wallet)
        }
        return record
    }
}

extension AdministrationError {
    static func noAccount(_ wallet: Address) -> AdministrationError {
        AdministrationError(
            .notFound,
            "\(wallet) has no account",
            hint: "open one: \(GatewayDaemon.program) accounts create --wallet \(wallet)"
        )
    }
}
