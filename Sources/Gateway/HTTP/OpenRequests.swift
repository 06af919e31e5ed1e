import Signing

/// How many requests for models each account has in progress, as a value.
struct OpenRequests: Sendable {
    /// Most of one account.
    let limit: Int
    private var counts: [Address: Int] = [:]

    init(limit: Int) {
        self.limit = limit
    }

    /// A request comes.
    ///
    /// - Returns: False if its account has as many as it may; it is then not counted.
    mutating func enter(_ wallet: Address) -> Bool {
        guard counts[wallet, default: 0] < limit else { return false }
        counts[wallet, default: 0] += 1
        return true
    }

    /// A request that had entered has its answer.
    mutating func leave(_ wallet: Address) {
        guard let count = counts[wallet] else { return }
        counts[wallet] = count > 1 ? count - 1 : nil
    }

    func count(of wallet: Address) -> Int { counts[wallet, default: 0] }
}
