import GRDB
package import SQLiteStore
package import Signing

extension GatewayStore {
    /// Makes an account for a wallet.
    ///
    /// - Returns: Whether it is new; false if the wallet has one.
    package func createAccount(wallet: Address, at milliseconds: Int64) async throws(StoreError) -> Bool {
        try await commit { database in
            try database.run(
                "INSERT INTO accounts (wallet, created_at_ms) VALUES (?, ?) ON CONFLICT (wallet) DO NOTHING",
                [wallet.description, milliseconds]
            )
            return database.changesCount == 1
        }
    }
}
