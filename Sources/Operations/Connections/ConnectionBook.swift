/// All connections of a listener, as a value: who may come, and who gives way.
///
/// A connection that waits for a request, or for the rest of one, can be had again for nothing; one at work cannot.
/// So at a bound the connection that has waited longest gives way to the new one, and thousands that only stand
/// there keep nobody out.
struct ConnectionBook: Sendable {
    /// What becomes of a new connection.
    enum Admission: Equatable {
        case admitted
        /// It is, and this one must be closed for it.
        case admittedInsteadOf(UInt64)
        /// All are at work: tell the caller so, and close.
        case refused
        /// As `refused`, without telling: too many are being told already.
        case dropped
    }

    private struct Entry {
        let address: String
        /// Counts up with each change to waiting; `nil` at work.
        var waitingSince: UInt64?
    }

    private let limit: Int
    private let perAddress: Int
    private let refusals: Int
    private var entries: [UInt64: Entry] = [:]
    private var counts: [String: Int] = [:]
    private var refused: Set<UInt64> = []
    private var turn: UInt64 = 0

    init(bounds: HTTPBounds) {
        limit = bounds.connections
        perAddress = bounds.connectionsPerAddress
        refusals = bounds.refusals
    }

    var count: Int { entries.count }

    /// A connection has come.
    ///
    /// The search for the one that gives way goes through all: it is made at a bound only, and costs less than to
    /// have accepted the connection.
    mutating func opened(_ id: UInt64, from address: String) -> Admission {
        var leaves: UInt64?
        if counts[address, default: 0] >= perAddress {
            leaves = longestWaiting { $0.address == address }
            guard leaves != nil else { return refuse(id) }
        } else if entries.count >= limit {
            leaves = longestWaiting { _ in true }
            guard leaves != nil else { return refuse(id) }
        }
        if let leaves { closed(leaves) }
        turn += 1
        entries[id] = Entry(address: address, waitingSince: turn)
        counts[address, default: 0] += 1
        return leaves.map { .admittedInsteadOf($0) } ?? .admitted
    }

    /// A connection began to work, or waits again.
    mutating func changed(_ id: UInt64, isBusy: Bool) {
        guard entries[id] != nil else { return }
        turn += 1
        entries[id]?.waitingSince = isBusy ? nil : turn
    }

    /// A connection has ended, or was made to give way; repeating it does nothing.
    mutating func closed(_ id: UInt64) {
        refused.remove(id)
        guard let entry = entries.removeValue(forKey: id) else { return }
        counts[entry.address, default: 0] -= 1
        if counts[entry.address, default: 0] <= 0 { counts[entry.address] = nil }
    }

    private mutating func refuse(_ id: UInt64) -> Admission {
        guard refused.count < refusals else { return .dropped }
        refused.insert(id)
        return .refused
    }

    private func longestWaiting(_ isOne: (Entry) -> Bool) -> UInt64? {
        var longest: (id: UInt64, since: UInt64)?
        for (id, entry) in entries where isOne(entry) {
            guard let since = entry.waitingSince else { continue }
            if longest.map({ since < $0.since }) ?? true { longest = (id, since) }
        }
        return longest?.id
    }
}
