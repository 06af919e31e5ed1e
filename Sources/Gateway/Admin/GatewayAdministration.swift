package import GatewayStore
package import Signing

/// What an operator can change; durable when a method returns.
///
/// ``SocketAdministration`` asks the daemon. ``StoreAdministration`` writes to the database: in the daemon, behind the
/// admin socket, and in a command that holds the state lock because no daemon does.
///
/// Every method throws an ``AdministrationError``, or what its way of asking throws.
package protocol GatewayAdministration: Sendable {
    /// Opens an account; one that is there already stays as it is.
    func createAccount(_ wallet: Address) async throws -> CreatedAccount

    /// Gives credits to a wallet, which can spend but not withdraw them.
    ///
    /// - Parameters:
    ///   - credits: In ``AdminLimits/grant``.
    ///   - wallet: Has an account.
    ///   - reference: Why, for people; at most ``AdminLimits/textBytes``. It stays in the ledger.
    /// - Returns: What the wallet has afterwards.
    /// - Throws: ``AdministrationError/Code/notFound``, also in the other methods that take a wallet.
    func grant(_ credits: Int, to wallet: Address, reference: String?) async throws -> CreditGrant

    /// Makes an API key. The answer is the only place where the key will ever stand.
    func createKey(_ kind: APIKey.Kind, name: String, for wallet: Address) async throws -> CreatedKey

    /// Turns a worker away from now on; a session of it ends at once.
    ///
    /// `reason` is told to the worker's operator, at most ``AdminLimits/textBytes``; it may be empty.
    func ban(_ worker: Address, reason: String) async throws

    /// Takes a worker again.
    ///
    /// - Throws: ``AdministrationError/Code/notFound`` if it is not banned.
    func unban(_ worker: Address) async throws

    /// Ends a key at once; one that was revoked before stays so.
    func revokeKey(_ id: String) async throws -> KeyDetails
}
