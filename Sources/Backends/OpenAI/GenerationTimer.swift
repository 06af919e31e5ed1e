/// How long a request may still take, as a value: it is told what happened and when, and says until when to wait.
///
/// Times are since the request began.
struct GenerationTimer: Sendable {
    /// What is being waited for.
    enum Phase: String, Sendable {
        /// The request's head is not sent; goes to `firstToken`.
        case connect

        /// The request is sent and no text has come; goes to `betweenTokens`.
        case firstToken

        /// Text has come; stays here.
        case betweenTokens

        /// The limit on everything, whichever of the others is current.
        case total
    }

    enum Verdict: Sendable, Equatable {
        /// End the request: this phase took too long.
        case expired(Phase)

        /// Look again after this time; nothing can expire before.
        case wait(Duration)

        /// Nothing of the phase asked about is left to watch.
        case over
    }

    private let timeouts: GenerationTimeouts
    private(set) var phase: Phase = .connect
    private var phaseBegan: Duration = .zero
    private var isDelivering = false

    init(_ timeouts: GenerationTimeouts) {
        self.timeouts = timeouts
    }

    mutating func requestSent(at now: Duration) {
        enter(.firstToken, at: now)
    }

    mutating func tokensArrived(at now: Duration) {
        enter(.betweenTokens, at: now)
    }

    /// The time that a delivery takes is not the backend's: nothing but `total` runs meanwhile.
    mutating func deliveryBegan() {
        isDelivering = true
    }

    mutating func deliveryEnded(at now: Duration) {
        isDelivering = false
        phaseBegan = now
    }

    /// Says whether `watched` has expired.
    func verdict(on watched: Phase, at now: Duration) -> Verdict {
        if watched == .total {
            return now >= timeouts.total ? .expired(.total) : .wait(timeouts.total - now)
        }
        guard phase == watched else { return .over }
        if isDelivering { return .wait(limit(of: watched)) }
        let deadline = phaseBegan + limit(of: watched)
        return now >= deadline ? .expired(watched) : .wait(deadline - now)
    }

    private mutating func enter(_ next: Phase, at now: Duration) {
        phase = next
        phaseBegan = now
    }

    private func limit(of phase: Phase) -> Duration {
        switch phase {
        case .connect: timeouts.connect
        case .firstToken: timeouts.firstToken
        case .betweenTokens: timeouts.betweenTokens
        case .total: timeouts.total
        }
    }
}

extension BackendError {
    /// The error of a phase that took too long.
    static func timeout(in phase: GenerationTimer.Phase, _ timeouts: GenerationTimeouts) -> BackendError {
        let message =
            switch phase {
            case .connect: "no connection to the backend within \(timeouts.connect)"
            case .firstToken: "the backend sent no output within \(timeouts.firstToken) of the request"
            case .betweenTokens: "the backend stopped sending output for \(timeouts.betweenTokens)"
            case .total: "the backend was not done within \(timeouts.total)"
            }
        return BackendError(.timeout, message, cause: ExpiredPhase(phase: phase))
    }

    private struct ExpiredPhase: Error {
        let phase: GenerationTimer.Phase
    }

    /// Whether the backend took the request and gave no output for too long, as one does that hangs.
    ///
    /// One that just took longer than the whole may is busy, and one that cannot be connected to is found out by a
    /// probe.
    var isStall: Bool {
        switch (cause as? ExpiredPhase)?.phase {
        case .firstToken, .betweenTokens: true
        case .connect, .total, nil: false
        }
    }
}
