import Signing

/// What happened in the last hour, by network and model, as a value.
///
/// Shape: a bucket for each minute in which something happened, at most 61, each with a count for each network and
/// model; what it holds is bounded by the configuration, however many jobs there are. A bucket leaves once all of it is
/// older than an hour, so a figure covers 60 to 61 minutes.
struct ActivityWindow: Sendable {
    static let length: Duration = .seconds(3_600)

    fileprivate struct Place: Hashable {
        var network: Address
        var model: String?
    }

    private struct Bucket {
        /// Minutes since the start.
        var minute: Int
        var counts: [Place: ActivityCounts] = [:]
    }

    private let start: ContinuousClock.Instant
    /// The oldest first.
    private var buckets: [Bucket] = []
    private var lastOffers: [Place: ContinuousClock.Instant] = [:]

    init(start: ContinuousClock.Instant) {
        self.start = start
    }

    mutating func record(_ event: JobEvent, at now: ContinuousClock.Instant) {
        let place = Place(network: event.network, model: event.model)
        if case .offered = event.kind { lastOffers[place] = now }
        let minute = minute(of: now)
        buckets.removeAll { $0.minute < minute - Self.minutes }
        if buckets.last?.minute != minute { buckets.append(Bucket(minute: minute)) }
        buckets[buckets.count - 1].counts[place, default: ActivityCounts()].count(event.kind)
    }

    /// The sums of the last hour, of one network and one model or of all.
    func counts(
        network: Address? = nil,
        model: String? = nil,
        at now: ContinuousClock.Instant
    ) -> ActivityCounts {
        let oldest = minute(of: now) - Self.minutes
        var sum = ActivityCounts()
        for bucket in buckets where bucket.minute >= oldest {
            for (place, counts) in bucket.counts where place.isOf(network, model) { sum += counts }
        }
        return sum
    }

    /// When an offer came last since the start, from one network and for one model or from all.
    func lastOffer(network: Address? = nil, model: String? = nil) -> ContinuousClock.Instant? {
        lastOffers.lazy.filter { $0.key.isOf(network, model) }.map(\.value).max()
    }

    private static let minutes = 60

    private func minute(of now: ContinuousClock.Instant) -> Int {
        Int((now - start).components.seconds) / 60
    }
}

extension ActivityWindow.Place {
    /// Whether it is part of what is asked for; `nil` is any.
    fileprivate func isOf(_ network: Address?, _ model: String?) -> Bool {
        (network == nil || network == self.network) && (model == nil || model == self.model)
    }
}
