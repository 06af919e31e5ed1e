import GRDB
package import Signing

/// A nonce of a signed request that was let in.
package struct RequestNonce: Sendable, Equatable {
    /// Who signed.
    package var wallet: Address
    package var nonce: String
    /// When the signature was made, Unix seconds.
    package var created: Int64

    package init(wallet: Address, nonce: String, created: Int64) {
        self.wallet = wallet
        self.nonce = nonce
        self.created = created
    }
}

extension RequestNonce {
    init(row: Row) throws {
        wallet = try Address(stored: row["wallet"])
        nonce = row["nonce"]
        created = row["created_s"]
    }
}
