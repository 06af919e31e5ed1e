import Signing

/// Sign-ins that were begun and not finished, as a value.
///
/// In memory alone: a restart forgets them, and callers ask again. Each is good for one attempt within five minutes.
struct SignInChallenges: Sendable {
    /// How long a challenge can be answered.
    static let life: Int64 = 300_000
    /// Challenges open at a time; at the bound the oldest gives way, so that a flood can delay sign-ins but fill nothing.
    static let limit = 16_384

    private let service: PublicURL
    private var open: [String: SignInMessage] = [:]
    /// Nonces from the oldest on; those of answered challenges stay until their turn comes.
    private var order: [String] = []
    private var next = 0

    /// Why a sign-in failed.
    enum Failure: Error, Equatable {
        /// No such challenge: never made, used before, or of another wallet.
        case unknown
        /// It was not answered in time.
        case expired
        /// The wallet's signature does not hold.
        case badSignature
    }

    init(service: PublicURL) {
        self.service = service
    }

    /// Makes a challenge; `nonce` is new and cannot be guessed.
    mutating func begin(wallet: Address, nonce: String, atMilliseconds now: Int64) -> SignInMessage {
        let message = SignInMessage(
            service: service,
            wallet: wallet,
            nonce: nonce,
            issuedAt: now,
            expiresAt: now + Self.life
        )
        makeRoom(atMilliseconds: now)
        open[nonce] = message
        order.append(nonce)
        return message
    }

    /// Takes the answer; whatever it is, the challenge is used up.
    mutating func finish(
        wallet: Address,
        nonce: String,
        signature: Signature,
        atMilliseconds now: Int64
    ) throws(Failure) {
        guard let message = open[nonce], message.wallet == wallet else { throw .unknown }
        open[nonce] = nil
        guard now < message.expiresAt else { throw .expired }
        guard wallet.verify(signature, of: Array(message.text.utf8)) else { throw .badSignature }
    }

    /// Forgets what is over, and the oldest if there are too many.
    private mutating func makeRoom(atMilliseconds now: Int64) {
        while next < order.count {
            let oldest = open[order[next]]
            guard oldest == nil || (oldest?.expiresAt ?? 0) <= now || order.count - next >= Self.limit else { break }
            open[order[next]] = nil
            next += 1
        }
        // Moving the rest down now and then costs less than doing it for each.
        if next > Self.limit {
            order.removeFirst(next)
            next = 0
        }
    }
}
