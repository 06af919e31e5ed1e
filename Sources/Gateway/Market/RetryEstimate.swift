/// After how many seconds another try makes sense, from what the gateway knows: `Retry-After` and `error.retry_after`.
///
/// Every estimate is a whole number of seconds within ``bounds``: nobody can know more of a network of strangers.
enum RetryEstimate {
    static let bounds = 1...300

    /// Taken for a model's jobs before one has ended.
    static let unknownJob: Duration = .seconds(5)
    /// For how long a stopped gateway is away after its last job.
    static let restart: Duration = .seconds(5)
    /// While the ledger cannot be written: an operator must make room.
    static let storeUnavailable = 15
    /// A model that lost its last worker this moment may have it back after its reconnection.
    static let firstBackOff: Duration = .seconds(5)
    /// A model is tried again after this part of the time that it has been without workers.
    static let backOffPart = 4.0

    /// Every slot is busy: the time in which the jobs that wait, and one more, get a slot.
    ///
    /// - Parameters:
    ///   - waiting: Jobs that wait for the model.
    ///   - slots: Of all its workers.
    ///   - jobTime: For which one of its jobs holds a slot; `nil` if none has ended.
    /// - Returns: Seconds.
    static func atCapacity(waiting: Int, slots: Int, jobTime: Duration?) -> Int {
        bounded((jobTime ?? unknownJob) / .seconds(1) * Double(waiting + 1) / Double(max(1, slots)))
    }

    /// Nobody is there, and has not been for `absence`: longer the longer that is.
    static func noWorkers(absence: Duration) -> Int {
        bounded(max(firstBackOff / .seconds(1), absence / .seconds(1) / backOffPart))
    }

    /// Everybody is set aside, the first one for `time` more.
    static func setAside(for time: Duration) -> Int { bounded(time / .seconds(1)) }

    /// The gateway ends after its jobs, of which the longest has `longestJob` left.
    static func shuttingDown(longestJob: Duration) -> Int { bounded((longestJob + restart) / .seconds(1)) }

    private static func bounded(_ seconds: Double) -> Int {
        // Held to the bounds first: not every number of seconds is a whole number that fits.
        Int(min(max(seconds, Double(bounds.lowerBound)), Double(bounds.upperBound)).rounded(.up))
    }
}
