import WorkerProtocol

/// Whether this worker takes offers and, if not, who or what keeps it from that.
///
/// Several causes may hold at once, and each ends by itself: what the operator paused stays paused when the hours of
/// the schedule begin. Jobs that run are not touched by any of them.
struct Admission: Sendable, Equatable {
    /// Why no offers are taken for now.
    struct Pause: Sendable, Equatable {
        enum Cause: Sendable, Equatable {
            /// The operator said so, and takes it back with `resume`.
            case `operator`
            /// It is outside the hours of `[schedule]`.
            case schedule
            /// Jobs would fail; see ``Fault``.
            case fault
        }

        var cause: Cause
        /// A sentence for people.
        var reason: String
    }

    private(set) var isPausedByOperator = false
    /// Why it is outside the hours of `[schedule]`; `nil` within them.
    private(set) var scheduleReason: String?
    /// Those that are there now, also those that stop no work.
    private(set) var faults: [Fault] = []
    /// Whether the worker is ending; there is no way back.
    private(set) var isDraining = false

    // MARK: What happened

    /// - Returns: Whether that changed anything, as with all of these.
    mutating func setPaused(_ isPaused: Bool) -> Bool {
        set(\.isPausedByOperator, isPaused)
    }

    /// The hours of `[schedule]` began or ended.
    ///
    /// `reason` says why no offers are taken, for people; it is `nil` within the hours.
    mutating func setSchedule(closed reason: String?) -> Bool {
        set(\.scheduleReason, reason)
    }

    mutating func setFaults(_ faults: [Fault]) -> Bool {
        set(\.faults, faults)
    }

    mutating func drain() -> Bool {
        set(\.isDraining, true)
    }

    private mutating func set<Value: Equatable>(_ part: WritableKeyPath<Self, Value>, _ value: Value) -> Bool {
        defer { self[keyPath: part] = value }
        return self[keyPath: part] != value
    }

    // MARK: What follows

    /// Every cause that holds, the operator's first: what somebody wants comes before what happened.
    var pauses: [Pause] {
        var pauses: [Pause] = []
        if isPausedByOperator { pauses.append(Pause(cause: .operator, reason: "paused by the operator")) }
        if let scheduleReason { pauses.append(Pause(cause: .schedule, reason: scheduleReason)) }
        for fault in faults where fault.stopsWork {
            pauses.append(Pause(cause: .fault, reason: "\(fault.name): \(fault.message)"))
        }
        return pauses
    }

    /// The cause that is told where there is room for one.
    var pause: Pause? { pauses.first }

    /// Refuses an offer while none are taken.
    ///
    /// A job that this worker asked for to test itself is kept away by what would make it fail alone.
    func check(isSelfTest: Bool = false) throws(JobRefusal) {
        if isDraining { throw JobRefusal(.draining, "the worker is shutting down") }
        guard let pause = pauses.first(where: { !isSelfTest || $0.cause == .fault }) else { return }
        throw JobRefusal(pause.cause == .fault ? .fault : .paused, pause.reason)
    }

    /// What `Announce` and `WorkerHeartbeat` say of it.
    var wire: (isPaused: Bool, cause: WirePauseCause, reason: String) {
        if isDraining { return (true, .unspecified, "the worker is shutting down") }
        guard let pause else { return (false, .unspecified, "") }
        // A longer text breaks the protocol.
        let reason = String(decoding: pause.reason.utf8.prefix(SessionLimits.textBytes / 2), as: UTF8.self)
        return (true, WirePauseCause(pause.cause), reason)
    }
}

extension WirePauseCause {
    init(_ cause: Admission.Pause.Cause) {
        switch cause {
        case .operator: self = .operator
        case .schedule: self = .schedule
        case .fault: self = .fault
        }
    }
}
