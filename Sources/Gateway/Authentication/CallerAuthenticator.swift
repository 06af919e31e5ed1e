import GatewayStore
import HTTPSignatures
import HTTPTypes
import Hummingbird
import InferenceAPI
import NIOCore
import Operations
import Signing
import Synchronization

/// Finds out who asks: by an API key, by a token of a wallet that signed in, or by a wallet's signature on the request.
final class CallerAuthenticator: Sendable {
    private struct State {
        var challenges: SignInChallenges
        var nonces: SeenNonces
        /// Of wallets that never had a credit, which cost nothing to make: their own, so that they fill nobody else's.
        var strangersNonces: SeenNonces
    }

    private let store: GatewayStore
    private let gateway: Identity
    private let publicURL: PublicURL
    private let maxBodyBytes: Int
    private let clock: WallClock
    private let policy = SignaturePolicy()
    private let state: Mutex<State>

    /// - Parameters:
    ///   - store: Has the keys, and keeps the nonces of signed requests.
    ///   - gateway: Signs the tokens.
    ///   - publicURL: What wallets sign for.
    ///   - maxBodyBytes: Longest body of a signed request.
    ///   - remembered: Nonces from before a restart that could still be used.
    ///   - clock: Wall time, which `created` is held against.
    init(
        store: GatewayStore,
        gateway: Identity,
        publicURL: PublicURL,
        maxBodyBytes: Int,
        remembered: [RequestNonce],
        clock: WallClock
    ) {
        self.store = store
        self.gateway = gateway
        self.publicURL = publicURL
        self.maxBodyBytes = maxBodyBytes
        self.clock = clock
        var nonces = SeenNonces(tolerance: policy.tolerance)
        let now = clock.nowMilliseconds / 1000
        for nonce in remembered { _ = nonces.take(nonce.nonce, of: nonce.wallet, created: nonce.created, at: now) }
        state = Mutex(
            State(
                challenges: SignInChallenges(service: publicURL),
                nonces: nonces,
                strangersNonces: SeenNonces(tolerance: policy.tolerance, perWallet: 256, limit: 16_384)
            )
        )
    }

    /// How long before now the nonces of signed requests must be remembered, in seconds.
    static var nonceLife: Int64 { SignaturePolicy().tolerance }

    /// Finds out who sends a request.
    ///
    /// The body of a signed request is read here, for its digest, and put back.
    ///
    /// - Throws: ``APIError`` of status 401; 413 for a body that is too long; 503 when too many signed requests came.
    func authenticate(_ request: inout Request) async throws -> CallerContext.Caller {
        if let header = request.headers[.authorization] {
            let words = header.split(separator: " ", maxSplits: 1)
            guard words.count == 2, words[0].lowercased() == "bearer" else { throw APIError.missingAPIKey() }
            let token = words[1].drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()
            return try bearer(String(token))
        }
        guard let input = request.headers[.signatureInput] else { throw APIError.missingAPIKey() }
        guard let signature = request.headers[.signature] else {
            throw APIError.invalidSignature("The request has Signature-Input and no Signature.")
        }
        return try await signed(&request, input: input, signature: signature)
    }

    private func bearer(_ token: String) throws(APIError) -> CallerContext.Caller {
        if token.hasPrefix(SessionToken.prefix) {
            do throws(SessionToken.Failure) {
                let wallet = try SessionToken.read(
                    token,
                    gateway: gateway.address,
                    atMilliseconds: clock.nowMilliseconds
                )
                return .init(wallet: wallet, credential: .wallet)
            } catch {
                throw error == .expired ? .expiredAPIKey() : .invalidAPIKey()
            }
        }
        guard let key = store.keys.find(token) else { throw .invalidAPIKey() }
        switch key.fault(at: clock.nowMilliseconds) {
        case nil: return .init(wallet: key.wallet, credential: .key(key))
        case .expired: throw .expiredAPIKey()
        case .revoked: throw .invalidAPIKey()
        }
    }

    // MARK: Signed requests

    private func signed(
        _ request: inout Request,
        input: String,
        signature: String
    ) async throws -> CallerContext.Caller {
        let now = clock.nowMilliseconds / 1000
        // The signature first, so that nobody unknown has a body read and hashed.
        let (signed, wallet) = try refusing { () throws(HTTPSignatureError) in
            let signed = try MessageSignature(input: input, signature: signature)
            let (keyID, _) = try policy.check(signed, hasBody: false, at: now)
            guard let wallet = try? Address(base58: keyID) else {
                throw HTTPSignatureError(.malformed, "keyid is not a wallet's address in base58")
            }
            try signed.verify(signable(request), by: wallet)
            return (signed, wallet)
        }
        let isStranger = store.ledger.balance(of: wallet) == CreditBalance()
        // Who never had a credit cannot ask a model for anything.
        let limit = isStranger ? RequestBody.smallLimit : maxBodyBytes
        let body = try await RequestBody.bytes(of: request, limit: limit)
        request.body = .init(buffer: ByteBuffer(bytes: body))
        let nonce = try refusing { () throws(HTTPSignatureError) in
            let (_, nonce) = try policy.check(signed, hasBody: !body.isEmpty, at: now)
            if signed.components.contains(ContentDigest.headerName) {
                try ContentDigest(request.headers[.contentDigest] ?? "").verify(body)
            }
            return nonce
        }
        try use(nonce, of: wallet, isStranger: isStranger, created: signed.created ?? now, at: now)
        return .init(wallet: wallet, credential: .wallet)
    }

    private func signable(_ request: Request) -> SignableRequest {
        SignableRequest(
            method: request.method.rawValue,
            origin: publicURL.origin,
            pathAndQuery: publicURL.signedPath(request.head.path ?? "/"),
            headers: request.headers
        )
    }

    /// Lets a nonce in once.
    ///
    /// It goes to the disk with the next group commit, which is also the first that could hold a lock of this request:
    /// a crash that forgets the nonce forgets the charge too.
    private func use(
        _ nonce: String,
        of wallet: Address,
        isStranger: Bool,
        created: Int64,
        at now: Int64
    ) throws(APIError) {
        let outcome = state.withLock { state -> SeenNonces.OnNonce in
            if isStranger { return state.strangersNonces.take(nonce, of: wallet, created: created, at: now) }
            // Used before its wallet had a credit, it was used.
            guard !state.strangersNonces.contains(nonce, of: wallet) else { return .seen }
            return state.nonces.take(nonce, of: wallet, created: created, at: now)
        }
        switch outcome {
        case .new where isStranger:
            // Nothing is charged that a copy could charge again.
            break
        case .new:
            store.nonceUsed(RequestNonce(wallet: wallet, nonce: nonce, created: created))
        case .seen:
            throw .invalidSignature("The request's signature is refused: its nonce was used before.")
        case .full:
            throw APIError(
                .networkAtCapacity,
                "Too many signed requests came in the last minutes. Use an API key, or try again.",
                retryAfter: Int(policy.tolerance)
            )
        }
    }

    private func refusing<Value>(
        _ check: () throws(HTTPSignatureError) -> Value
    ) throws(APIError) -> Value {
        do {
            return try check()
        } catch {
            throw .invalidSignature("The request's signature is refused: \(error.message).")
        }
    }
}

// MARK: - Signing in

extension CallerAuthenticator {
    /// Begins a sign-in: the message that the wallet must sign.
    func beginSignIn(wallet: Address) -> SignInMessage {
        let nonce = Hex.encode(RandomBytes.make(count: 16))
        return state.withLock {
            $0.challenges.begin(wallet: wallet, nonce: nonce, atMilliseconds: clock.nowMilliseconds)
        }
    }

    /// Ends a sign-in.
    ///
    /// - Returns: A bearer token, and until when it is good in Unix milliseconds.
    /// - Throws: ``APIError``: 401 `invalid_signature`.
    func finishSignIn(
        wallet: Address,
        nonce: String,
        signature: Signature
    ) throws(APIError) -> (token: String, expiresAt: Int64) {
        let now = clock.nowMilliseconds
        let failure = state.withLock { state -> SignInChallenges.Failure? in
            do throws(SignInChallenges.Failure) {
                try state.challenges.finish(wallet: wallet, nonce: nonce, signature: signature, atMilliseconds: now)
                return nil
            } catch {
                return error
            }
        }
        switch failure {
        case nil: break
        case .unknown:
            throw .invalidSignature("There is no such challenge for this wallet: it was used, or never made.")
        case .expired: throw .invalidSignature("The challenge was not answered within five minutes.")
        case .badSignature: throw .invalidSignature("The signature is not this wallet's over the challenge's message.")
        }
        let expires = now + SessionToken.life
        return (SessionToken.make(wallet: wallet, expiresAtMilliseconds: expires, by: gateway), expires)
    }
}

extension HTTPField.Name {
    fileprivate static let signatureInput = Self.known("signature-input")
    fileprivate static let signature = Self.known("signature")
    fileprivate static let contentDigest = Self.known("content-digest")
}
