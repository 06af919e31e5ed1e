/// How often something happened in the last hour, to the minute.
struct HourCount: Sendable, Equatable {
    private static let minutes = 60

    /// One for each minute of the hour, by the minute's number modulo 60; empty until something happens.
    private var buckets: [UInt32] = []
    /// The newest minute that is counted, since 1970.
    private var newest: Int64 = 0

    mutating func add(at now: Int64) {
        let minute = now / 60_000
        if buckets.isEmpty {
            buckets = Array(repeating: 0, count: Self.minutes)
            newest = minute
        }
        if minute > newest {
            let passed = min(minute - newest, Int64(Self.minutes))
            for past in 0..<passed { buckets[Self.place(minute - past)] = 0 }
            newest = minute
        }
        // What a clock that went back says is counted as now.
        buckets[Self.place(newest)] &+= 1
    }

    func count(at now: Int64) -> Int {
        guard !buckets.isEmpty else { return 0 }
        let oldest = now / 60_000 - Int64(Self.minutes) + 1
        return (0..<Int64(Self.minutes)).reduce(0) { sum, age in
            let minute = newest - age
            return minute < oldest ? sum : sum + Int(buckets[Self.place(minute)])
        }
    }

    /// A place in the ring, also for the minutes before 1970 that a test's clock may begin with.
    private static func place(_ minute: Int64) -> Int {
        let remainder = Int(minute % Int64(minutes))
        return remainder < 0 ? remainder + minutes : remainder
    }
}
