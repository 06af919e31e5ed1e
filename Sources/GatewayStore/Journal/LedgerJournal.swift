import SQLiteStore

/// The changes that are not on disk, in their order, and who waits for them.
///
/// A change that cannot be stored is kept and tried again with the same bytes: it is decided, and later ones build
/// on it. Nothing is acknowledged meanwhile, and no new lock is taken.
struct LedgerJournal: Sendable {
    /// Most changes that wait: beyond it no lock is taken.
    ///
    /// Ends of locks always are, and there are no more of those than locks.
    static let waitingLimit = 10_000
    /// Most changes of one commit.
    static let groupLimit = 1_000
    static let shortestDelay: Duration = .milliseconds(100)
    static let longestDelay: Duration = .seconds(10)

    private(set) var waiting: [LedgerChange] = []
    /// How many of the front are in the commit that runs.
    private var writingCount = 0
    /// A commit runs, or a pause before the next try.
    private(set) var isBusy = false
    /// A commit that fails is not tried again, and no lock is taken: so at the start and at the end.
    var givesUp = false
    /// Commits that failed since the last that did not.
    private var failureCount = 0
    /// Why the last commit failed; nil if it did not.
    private(set) var failure: StoreError?
    /// The number of the last change on disk; they count from 1 since the start.
    private(set) var durableNumber = 0
    private var waiters: [(number: Int, waiter: DurabilityWaiter)] = []

    /// Whether a new lock may be taken.
    var isOpen: Bool { failure == nil && !givesUp && waiting.count < Self.waitingLimit }

    /// The number of the last change.
    var lastNumber: Int { durableNumber + waiting.count }

    /// Adds a change.
    ///
    /// - Returns: Its number, to wait for.
    @discardableResult
    mutating func append(_ change: LedgerChange) -> Int {
        waiting.append(change)
        return lastNumber
    }

    /// Whether the caller must start a commit now.
    mutating func mustStart() -> Bool {
        guard !isBusy, !waiting.isEmpty else { return false }
        isBusy = true
        return true
    }

    /// What the commit that runs now is to store.
    mutating func takeGroup() -> ArraySlice<LedgerChange> {
        let group = waiting.prefix(Self.groupLimit)
        writingCount = group.count
        return group
    }

    /// The commit is durable.
    ///
    /// - Returns: The changes that it stored, and who waited for them.
    mutating func committed() -> (stored: [LedgerChange], waiters: [DurabilityWaiter]) {
        let stored = Array(waiting.prefix(writingCount))
        waiting.removeFirst(writingCount)
        durableNumber += writingCount
        writingCount = 0
        failureCount = 0
        failure = nil
        isBusy = false
        let durable = durableNumber
        let ready = waiters.filter { $0.number <= durable }.map(\.waiter)
        waiters.removeAll { $0.number <= durable }
        return (stored, ready)
    }

    /// The commit failed, and nothing of it is stored.
    ///
    /// - Returns: How long to pause before the caller starts the next; nil if there is to be none.
    mutating func failed(_ failure: StoreError) -> Duration? {
        writingCount = 0
        failureCount += 1
        self.failure = failure
        let doublings = min(failureCount - 1, 10)
        return givesUp ? nil : min(Self.shortestDelay * (1 << doublings), Self.longestDelay)
    }

    /// Adds somebody who waits for a change.
    ///
    /// - Returns: false if the change is on disk already.
    /// - Throws: Why it will not get there.
    mutating func add(_ waiter: DurabilityWaiter, for number: Int) throws(StoreError) -> Bool {
        guard number > durableNumber else { return false }
        if givesUp, let failure { throw failure }
        waiters.append((number, waiter))
        return true
    }

    /// Those who will not hear of a commit any more, if the last one failed and there is to be no other.
    mutating func abandoned() -> [DurabilityWaiter] {
        guard givesUp, failure != nil else { return [] }
        defer { waiters = [] }
        return waiters.map(\.waiter)
    }
}
