import Operations
import Signing

/// What a wallet signs to sign in: the text that it shows to its owner.
///
/// Source: Sign-In With Solana (CAIP-122), the ABNF of its message.
struct SignInMessage: Sendable, Equatable {
    var service: PublicURL
    var wallet: Address
    var nonce: String
    /// Unix milliseconds.
    var issuedAt: Int64
    var expiresAt: Int64

    var text: String {
        """
        \(service.domain) wants you to sign in with your Solana account:
        \(wallet)

        Sign in to use this wallet's credits. This costs nothing and moves nothing.

        URI: \(service.text)
        Version: 1
        Nonce: \(nonce)
        Issued At: \(RFC3339.text(milliseconds: issuedAt))
        Expiration Time: \(RFC3339.text(milliseconds: expiresAt))
        """
    }
}
