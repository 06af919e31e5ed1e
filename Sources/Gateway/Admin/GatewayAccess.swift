import GatewayStore
package import Logging
package import Operations
import SQLiteStore
import Signing

/// How a command reaches the gateway of a configuration: through its daemon, or past a daemon that is down.
package struct GatewayAccess: Sendable {
    private let configuration: GatewayConfiguration
    private let credentialsDirectory: String?
    private let clock: WallClock
    private let logger: Logger

    package init(
        configuration: GatewayConfiguration,
        credentialsDirectory: String?,
        clock: WallClock = .live,
        logger: Logger
    ) {
        self.configuration = configuration
        self.credentialsDirectory = credentialsDirectory
        self.clock = clock
        self.logger = logger
    }

    /// Gives `operation` what it can ask: the daemon if it runs, else the database, opened read-only.
    ///
    /// - Throws: A ``CommandError`` that ends the command.
    package func withRecords<Value: Sendable>(
        _ operation: (any GatewayRecords) async throws -> Value
    ) async throws(CommandError) -> Value {
        do {
            if try isDaemonUp() {
                return try await operation(SocketAdministration(socket: configuration.admin.socket))
            }
            let history = try GatewayHistory(path: configuration.gateway.databaseFile)
            let records = StoreRecords(
                history: history,
                catalogue: { ModelDetails.list(configuration, atMilliseconds: clock.nowMilliseconds) },
                address: { try identity().address }
            )
            return try await operation(records)
        } catch {
            throw CommandError(gateway: error)
        }
    }

    /// Gives `operation` what can change something: the daemon if it runs, else the database, under the state lock.
    ///
    /// Without a daemon the first command makes the database and the identity, as the daemon's first start would.
    ///
    /// - Throws: A ``CommandError`` that ends the command; ``ExitStatus/unreachable`` if a process holds the state but
    ///   does not listen, as a daemon that is starting or stopping.
    package func withAdministration<Value: Sendable>(
        _ operation: (any GatewayAdministration) async throws -> Value
    ) async throws(CommandError) -> Value {
        do {
            if try isDaemonUp() {
                return try await operation(SocketAdministration(socket: configuration.admin.socket))
            }
            return try await withStore { store in
                try await operation(StoreAdministration(store: store, clock: clock))
            }
        } catch {
            throw CommandError(gateway: error)
        }
    }

    /// The address alone, which needs no database: the daemon's answer, or what the identity's file says.
    ///
    /// - Throws: A ``CommandError``; nothing is created.
    package func address() async throws(CommandError) -> IdentityDetails {
        do {
            if try isDaemonUp() {
                return try await SocketAdministration(socket: configuration.admin.socket).identity()
            }
            return IdentityDetails(address: try identity().address.description)
        } catch {
            throw CommandError(gateway: error)
        }
    }

    /// Makes the configured identity's file; one that is there stays as it is.
    ///
    /// - Throws: A ``CommandError``, also where there is an identity already.
    package func createIdentity() throws(CommandError) -> IdentityDetails {
        let path = configuration.gateway.identityFile
        try StateDirectory.prepare(configuration.gateway.stateDirectory)
        try StateDirectory.requireOwner(configuration.gateway.stateDirectory)
        do {
            return IdentityDetails(address: try IdentityFile.create(path: path).address.description)
        } catch {
            throw CommandError(.failed, "cannot make the identity: \(error.message)", cause: error)
        }
    }

    private func withStore<Value: Sendable>(
        _ operation: (GatewayStore) async throws -> Value
    ) async throws -> Value {
        let directory = configuration.gateway.stateDirectory
        try StateDirectory.prepare(directory)
        try StateDirectory.requireOwner(directory)
        let lock = try StateLock(directory: directory, program: GatewayDaemon.program)
        // Held to the end of the scope: the compiler may otherwise let go of it after its last use.
        defer { withExtendedLifetime(lock) {} }
        let store = try await GatewayStore(
            path: configuration.gateway.databaseFile,
            identity: GatewayIdentity.loadOrCreate(
                path: configuration.gateway.identityFile,
                credentialsDirectory: credentialsDirectory,
                logger: logger
            ),
            startedAt: clock.nowMilliseconds,
            logger: logger,
            webhookBody: WebhookBody.render
        )
        let outcome: Result<Value, any Error>
        do {
            outcome = .success(try await operation(store))
        } catch {
            outcome = .failure(error)
        }
        await store.shutDown()
        return try outcome.get()
    }

    private func isDaemonUp() throws(CommandError) -> Bool {
        try LocalHTTPClient(socket: configuration.admin.socket, daemon: GatewayDaemon.program).isDaemonUp()
    }

    private func identity() throws(CommandError) -> Identity {
        try GatewayIdentity.load(
            path: configuration.gateway.identityFile,
            credentialsDirectory: credentialsDirectory
        )
    }
}
