import GatewayStore
import InferenceAPI
import StrictJSON

// Texts that have one form everywhere in the API.

extension JSONSchema {
    private static let base58 = "[1-9A-HJ-NP-Za-km-z]"

    /// An ed25519 public key of 32 bytes in base58.
    static let address = string(pattern: "^\(base58){32,44}$", format: "solana-address")

    /// An ed25519 signature of 64 bytes in base58.
    static let transaction = string(pattern: "^\(base58){64,88}$", format: "solana-signature")

    static let digest = string(pattern: "^sha256:[0-9a-f]{64}$")

    static let jobID = string(pattern: "^job_[0-9a-hjkmnp-tv-z]{18}$")

    static let keyID = string(pattern: "^key_[0-9a-z]{16}$")

    static let webhookID = string(pattern: "^wh_[0-9a-z]{20}$")

    static let messageID = string(pattern: "^msg_[0-9a-z]{20}$")

    static let transactionID = string(pattern: "^txn_[1-9][0-9]{0,17}$")

    /// The id or an alias of a model.
    static let modelID = string(1...256, pattern: #"^[^\u0000-\u0020\u007f]+$"#)

    /// The name of a function or of a schema.
    static let name = string(1...64, pattern: "^[a-zA-Z0-9_-]+$")

    /// Credits, or counts of anything.
    static let count = integer(0...)
}
