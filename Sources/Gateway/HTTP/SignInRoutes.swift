import Hummingbird
import InferenceAPI
import Operations
import Signing
import StrictJSON

/// Signing in with a wallet: `POST /v1/auth/challenge` and `POST /v1/auth/verify`.
struct SignInRoutes: Sendable {
    let authenticator: CallerAuthenticator

    func challenge(_ request: Request) async throws -> Response {
        let body = try await RequestBody.object(request, known: ["wallet"])
        let message = authenticator.beginSignIn(wallet: try Self.wallet(of: body))
        return .json(
            JSONValue.object([
                "message": .string(message.text),
                "nonce": .string(message.nonce),
                "expires_at": .string(RFC3339.shortText(milliseconds: message.expiresAt)),
            ]).encoded()
        )
    }

    func verify(_ request: Request) async throws -> Response {
        let body = try await RequestBody.object(request, known: ["wallet", "nonce", "signature"])
        let wallet = try Self.wallet(of: body)
        let nonce = try body.requiredString("nonce")
        guard let signature = try? Signature(base58: try body.requiredString("signature")) else {
            throw APIError.invalidParameter("signature", expected: "an ed25519 signature of 64 bytes in base58")
        }
        let (token, expires) = try authenticator.finishSignIn(wallet: wallet, nonce: nonce, signature: signature)
        return .json(
            JSONValue.object([
                "token": .string(token), "expires_at": .string(RFC3339.shortText(milliseconds: expires)),
            ]).encoded()
        )
    }

    private static func wallet(of body: CheckedObject) throws(APIError) -> Address {
        let text = try body.requiredString("wallet")
        guard let wallet = try? Address(base58: text) else {
            throw .invalidParameter("wallet", expected: "a wallet's address: 32 bytes in base58")
        }
        return wallet
    }
}
