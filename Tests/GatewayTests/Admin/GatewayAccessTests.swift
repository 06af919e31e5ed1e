import Foundation
import GatewayStore
import Operations
import Signing
import Testing

@testable import Gateway

struct GatewayAccessTests {
    private let wallet = Identity.generate().address

    private func access(_ folder: String, credentialsDirectory: String? = nil) throws -> GatewayAccess {
        let text = """
            [gateway]
            state_directory = "state"
            [admin]
            socket = "gateway.sock"
            """
        return GatewayAccess(
            configuration: try GatewayConfiguration(ConfigurationFile(text: text, path: "\(folder)/gateway.toml")),
            credentialsDirectory: credentialsDirectory,
            logger: AdminHarness.logger
        )
    }

    /// How an operation that must fail ends its command.
    private func failure(_ operation: () async throws -> Void) async throws -> CommandError {
        do {
            try await operation()
        } catch let error as CommandError {
            return error
        }
        throw NotReached()
    }

    private struct NotReached: Error {}

    @Test func `without a daemon the first write makes the state, and reads find it`() async throws {
        try await withTemporaryFolder { folder in
            let access = try access(folder)
            let created = try await access.withAdministration { try await $0.createAccount(wallet) }
            #expect(created.isNew)
            let grant = try await access.withAdministration { try await $0.grant(3, to: wallet, reference: nil) }
            #expect(grant.creditsAvailable == 3)
            let account = try await access.withRecords { try await $0.account(wallet) }
            #expect(account.credits.available == 3)
            let report = try await access.withRecords { try await $0.verifyLedger() }
            #expect(report.isClean)
            #expect(report.entryCount == 1)
            let identity = try await access.address()
            #expect(identity.address == report.signer)
            let workers = try await access.withRecords { try await $0.workers(includingOffline: true) }
            #expect(workers == [])
        }
    }

    @Test func `a key that was made without a daemon is never on disk`() async throws {
        try await withTemporaryFolder { folder in
            let access = try access(folder)
            _ = try await access.withAdministration { try await $0.createAccount(wallet) }
            let key = try await access.withAdministration { try await $0.createKey(.live, name: "", for: wallet) }.key
            let names = try FileManager.default.contentsOfDirectory(atPath: "\(folder)/state")
            #expect(names.contains("gateway.sqlite"))
            for name in names {
                let data = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/state/\(name)"))
                #expect(data.range(of: Data(key.utf8)) == nil)
            }
        }
    }

    @Test func `a read without daemon and database says that there is neither, and makes nothing`() async throws {
        try await withTemporaryFolder { folder in
            let access = try access(folder)
            let records = try await failure {
                _ = try await access.withRecords { try await $0.accounts(AccountQuery()) }
            }
            #expect(records.code == .unreachable)
            #expect(records.message.contains("\(folder)/state/gateway.sqlite"))
            let identity = try await failure { _ = try await access.address() }
            #expect(identity.code == .failed)
            #expect(identity.message.contains("\(folder)/state/identity.json"))
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == [])
        }
    }

    @Test func `an identity is made once`() async throws {
        try await withTemporaryFolder { folder in
            let access = try access(folder)
            let made = try access.createIdentity()
            #expect(try await access.address() == made)
            let second = try await failure { _ = try access.createIdentity() }
            #expect(second.code == .failed)
            #expect(try await access.address() == made)
        }
    }

    @Test func `a write is refused while a process holds the state without listening`() async throws {
        try await withTemporaryFolder { folder in
            let access = try access(folder)
            try StateDirectory.prepare("\(folder)/state")
            let lock = try StateLock(directory: "\(folder)/state", program: "decentral-gateway")
            let refused = try await failure {
                _ = try await access.withAdministration { try await $0.createAccount(wallet) }
            }
            #expect(refused.code == .unreachable)
            #expect(refused.message.contains("decentral-gateway (process \(getpid()))"))
            withExtendedLifetime(lock) {}
        }
    }

    @Test func `with a daemon everything goes through its socket`() async throws {
        try await withTemporaryFolder { folder in
            let access = try access(folder)
            try StateDirectory.prepare("\(folder)/state")
            let lock = try StateLock(directory: "\(folder)/state", program: "decentral-gateway")
            let identity = Identity.generate()
            let store = try await GatewayStore(
                path: "\(folder)/state/gateway.sqlite",
                identity: identity,
                startedAt: 1,
                logger: AdminHarness.logger,
                webhookBody: WebhookBody.render
            )
            let routes = AdminRoutes(
                records: StoreRecords(history: store.history, catalogue: { [] }, address: { identity.address }),
                administration: StoreAdministration(store: store, clock: .live)
            )
            try await AdminHarness.serve(routes, "\(folder)/gateway.sock", lock) {
                // The lock is held: this cannot have gone past the daemon.
                let created = try await access.withAdministration { try await $0.createAccount(wallet) }
                #expect(created.isNew)
                let account = try await access.withRecords { try await $0.account(wallet) }
                #expect(account == created.account)
                // And only the daemon has this identity.
                let asked = try await access.address()
                #expect(asked.address == identity.address.description)
            }
            await store.shutDown()
        }
    }

    @Test func `an address that is no wallet's and a number out of range are refused by the daemon, too`() async throws
    {
        try await AdminHarness.run(.socket) { gateway in
            let client = LocalHTTPClient(socket: "\(gateway.folder)/gateway.sock", daemon: "decentral-gateway")
            for (path, words) in [
                ("/v1/accounts/nobody", "this is no wallet's address"),
                ("/v1/accounts?limit=0", "limit is a number from 1 to 1000"),
                ("/v1/accounts?limit=1001", "limit is a number from 1 to 1000"),
                ("/v1/jobs?limit=many", "limit is a number from 1 to 1000"),
                ("/v1/jobs?status=done", "there is no such status; there are pending"),
                ("/v1/jobs?after=job_", "a job's id is job_"),
                ("/v1/jobs/job_UPPERCASE", "a job's id is job_"),
            ] {
                let refused = try await failure { _ = try await client.getData(path) }
                #expect(refused.code == .failed)
                #expect(refused.message.hasPrefix(words), "\(path): \(refused.message)")
            }
        }
    }
}
