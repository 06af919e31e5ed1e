import GRDB
package import SQLiteStore
import Signing

extension GatewayStore {
    /// How long a nonce is kept, in seconds: well past the 300 s for which its signature is good, either way.
    private static let nonceLife: Int64 = 900

    /// Keeps a nonce, so that a copy of its request is refused after a restart too; joins the next commit.
    ///
    /// What no signature can be used with any more is dropped with it, so that the table stays small.
    package func nonceUsed(_ nonce: RequestNonce) {
        group.enqueue { database in
            try database.run("DELETE FROM request_nonces WHERE created_s < ?", [nonce.created - Self.nonceLife])
            try database.run(
                "INSERT INTO request_nonces (wallet, nonce, created_s) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                [nonce.wallet.description, nonce.nonce, nonce.created]
            )
        }
    }

    /// The nonces whose signatures were made since a time, in Unix seconds; older ones are forgotten for good.
    package func nonces(createdSince oldest: Int64) async throws(StoreError) -> [RequestNonce] {
        try await commit { database in
            try database.run("DELETE FROM request_nonces WHERE created_s < ?", [oldest])
            return try database.rows("SELECT * FROM request_nonces ORDER BY created_s").map(RequestNonce.init(row:))
        }
    }
}
