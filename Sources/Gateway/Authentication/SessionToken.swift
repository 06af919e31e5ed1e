import Signing
import StrictJSON

/// What a wallet gets for signing in: a bearer token for one hour.
///
/// Shape: `dcntrl_session_`, the base64url of `{"exp":SECONDS,"wallet":"ADDRESS"}`, a dot, and the base64url of the
/// gateway's signature over a domain string and that text. The gateway keeps nothing of it, so that it holds across a
/// restart.
enum SessionToken {
    static let prefix = "dcntrl_session_"
    /// How long one is good, in milliseconds.
    static let life: Int64 = 3_600_000
    private static let domain = "decentral/session-token/v1\n"

    /// Why a token is not taken.
    enum Failure: Error, Equatable {
        case invalid
        case expired
    }

    static func make(wallet: Address, expiresAtMilliseconds expires: Int64, by gateway: Identity) -> String {
        let payload = JSONValue.object([
            "exp": .integer(Int(expires / 1000)), "wallet": .string(wallet.description),
        ])
        let text = encode(payload.encoded())
        return prefix + text + "." + encode(gateway.sign(signed(text)).bytes)
    }

    /// The wallet that a token stands for.
    static func read(_ token: String, gateway: Address, atMilliseconds now: Int64) throws(Failure) -> Address {
        guard token.utf8.count <= 512, token.hasPrefix(prefix) else { throw .invalid }
        let parts = token.dropFirst(prefix.count).split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, let bytes = try? Base64.decode(String(parts[1])),
            let signature = try? Signature(bytes: bytes), gateway.verify(signature, of: signed(String(parts[0]))),
            let payload = try? Base64.decode(String(parts[0])), let value = try? JSONValue(parsing: payload),
            let wallet = value.objectValue?["wallet"]?.stringValue.flatMap({ try? Address(base58: $0) }),
            let expires = value.objectValue?["exp"]?.intValue
        else { throw .invalid }
        guard now / 1000 < Int64(expires) else { throw .expired }
        return wallet
    }

    private static func signed(_ text: String) -> [UInt8] { Array((domain + text).utf8) }

    /// Base64 in its URL-safe alphabet, without padding.
    private static func encode(_ bytes: [UInt8]) -> String {
        String(
            Base64.encode(bytes).compactMap { character -> Character? in
                switch character {
                case "+": "-"
                case "/": "_"
                case "=": nil
                default: character
                }
            }
        )
    }
}
