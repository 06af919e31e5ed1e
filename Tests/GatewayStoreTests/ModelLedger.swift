import InferenceAPI
import Signing

@testable import GatewayStore

/// Books that are kept beside the ledger's, by arithmetic of their own: every job, and nothing but jobs and grants.
struct ModelLedger {
    enum End: Equatable {
        case open
        case settled(charge: Int)
        case refunded
        /// Its lock was not on disk when the process died.
        case forgotten
    }

    struct Job {
        var wallet: Address
        /// The API key that asked.
        var apiKey: APIKey?
        /// Number of the idempotency key.
        var key: Int?
        /// Number of the request that the key was sent with.
        var request: Int
        var locked: Int
        var at: Int64
        var end = End.open
        /// The worker's receipt was refused: only a refund can end it.
        var isRefused = false
    }

    var granted: [Address: Int] = [:]
    var jobs: [Int: Job] = [:]

    var open: [Int] { jobs.filter { $0.value.end == .open }.map(\.key).sorted() }

    var settled: [Int] {
        jobs.filter { if case .settled = $0.value.end { true } else { false } }.map(\.key).sorted()
    }

    /// What a job of one choice costs: 8 for 500 tokens, and 4 for every 1,000 beyond, begun ones whole.
    static func price(tokens: Int) -> Int { 8 + (max(0, tokens - 500) * 4 + 999) / 1_000 }

    private func sum(_ amount: (Job) -> Int, where condition: (Job) -> Bool) -> Int {
        jobs.values.filter(condition).map(amount).reduce(0, +)
    }

    private static func held(_ job: Job) -> Int { job.end == .open ? job.locked : 0 }

    private static func charged(_ job: Job) -> Int {
        if case .settled(let charge) = job.end { charge } else { 0 }
    }

    func balance(of wallet: Address) -> CreditBalance {
        let locked = sum(Self.held) { $0.wallet == wallet }
        let spent = sum(Self.charged) { $0.wallet == wallet }
        return CreditBalance(granted: granted[wallet, default: 0] - locked - spent, locked: locked, spent: spent)
    }

    /// What a key may still hold; nil if it has no cap.
    func left(of key: APIKey) -> Int? {
        key.spendingCap.map { cap in
            cap - sum({ Self.held($0) + Self.charged($0) }, where: { $0.apiKey?.keyID == key.keyID })
        }
    }

    /// The job that an idempotency key belongs to.
    func owner(of key: Int, wallet: Address, at now: Int64) -> Int? {
        jobs.filter { _, job in
            guard job.key == key, job.wallet == wallet else { return false }
            switch job.end {
            case .open: return true
            case .settled: return job.at > now - IdempotencyKey.life
            case .refunded, .forgotten: return false
            }
        }.map(\.key).max()
    }
}
