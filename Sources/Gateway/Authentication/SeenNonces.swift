import Signing

/// The nonces of signed requests that were let in, as a value: a copy of a request is never let in again.
///
/// Two generations are enough: one that fills, and the one before it. A nonce is forgotten when its request could not
/// be used any more for its age.
struct SeenNonces: Sendable {
    /// Most nonces that one wallet may have in memory.
    let perWallet: Int
    /// Most of all wallets.
    let limit: Int
    /// How far `created` may be from the time here, either way, in seconds.
    private let tolerance: Int64

    private struct Generation: Sendable {
        var nonces: [Address: Set<String>] = [:]
        var count = 0
        /// The newest `created` in it.
        var newest = Int64.min
    }

    private var present = Generation()
    private var former = Generation()
    /// Unix seconds at which the present one began.
    private var began = Int64.min

    /// What to do with a request.
    enum OnNonce: Sendable, Equatable {
        /// Let it in, and keep the nonce on disk with it.
        case new
        /// Refuse it: it was seen before.
        case seen
        /// Refuse it for now: too many are remembered already.
        case full
    }

    init(tolerance: Int64 = 300, perWallet: Int = 65_536, limit: Int = 524_288) {
        self.tolerance = tolerance
        self.perWallet = perWallet
        self.limit = limit
    }

    /// Whether a nonce is remembered.
    func contains(_ nonce: String, of wallet: Address) -> Bool {
        present.nonces[wallet]?.contains(nonce) == true || former.nonces[wallet]?.contains(nonce) == true
    }

    /// Takes a nonce of a request whose signature holds.
    ///
    /// `created` and `now` are Unix seconds, and within the tolerance of each other.
    mutating func take(_ nonce: String, of wallet: Address, created: Int64, at now: Int64) -> OnNonce {
        turn(at: now)
        if contains(nonce, of: wallet) { return .seen }
        let ofWallet = (present.nonces[wallet]?.count ?? 0) + (former.nonces[wallet]?.count ?? 0)
        guard ofWallet < perWallet, present.count + former.count < limit else { return .full }
        present.nonces[wallet, default: []].insert(nonce)
        present.count += 1
        present.newest = max(present.newest, created)
        return .new
    }

    /// Forgets what cannot be used any more, and begins a new generation when the present one is old enough.
    ///
    /// By `created` and not by when a nonce came: a request of a caller whose clock is ahead can be used for longer.
    private mutating func turn(at now: Int64) {
        forgetFormer(at: now)
        guard former.count == 0, began == .min || now - began > tolerance else { return }
        former = present
        present = Generation()
        began = now
        forgetFormer(at: now)
    }

    private mutating func forgetFormer(at now: Int64) {
        guard former.count > 0, now - former.newest > tolerance else { return }
        former = Generation()
    }
}
