import NIOCore

/// The requests of one connection, as a value: their order, and whether the caller keeps pace.
///
/// It takes what happened and returns what to do; ``HTTPGuardHandler`` holds it and owns the clock. A request is
/// here from its head to the end of its answer, so more than one means that the caller sent ahead.
struct ConnectionPace: Sendable {
    struct Request: Sendable {
        let isHTTP10: Bool
        /// Nothing may follow its answer on this connection.
        var isLast: Bool
        /// The caller sends the body once it is told to go on.
        var expectsContinue: Bool
        var bodyBytes = 0
        /// Its body has come to its end.
        var isComplete = false
        var isAnswered = false
    }

    private enum Phase {
        /// Requests are taken. To `closing`.
        case open
        /// The last answer is out; what still comes is thrown away until the caller leaves or the time is over. Final.
        case closing(until: NIODeadline, bytesLeft: Int)
    }

    /// What to do about an answer's end.
    enum OnAnswerEnd: Equatable {
        case goOn
        /// Nothing more is answered on this connection.
        case close
        /// What came after the answered request cannot be taken: say so, then close.
        case refuse(HTTPRefusal)
    }

    /// What to do about something that cannot be taken.
    enum OnFault: Equatable {
        /// Say so now, then close.
        case refuse(HTTPRefusal)
        /// Earlier answers come first, or the answer is out already.
        case wait
    }

    /// What to do when the time of ``deadline`` has come.
    enum OnTime: Equatable {
        case wait
        /// Say so, then close.
        case refuse(HTTPRefusal)
        /// Close without a word: nothing was asked.
        case close
    }

    private let bounds: HTTPBounds
    private var phase = Phase.open
    private(set) var requests: [Request] = []
    private var fault: HTTPRefusal?
    /// When the connection began to wait for a request, and when that request's first byte came.
    private var waitingSince: NIODeadline
    private var firstByteAt: NIODeadline?
    private var isFresh = true
    /// When the first request's body began, and what came of it in the present stretch of time.
    private var bodySince: NIODeadline
    private var stretch: (since: NIODeadline, bytes: Int)

    init(bounds: HTTPBounds, at now: NIODeadline) {
        self.bounds = bounds
        waitingSince = now
        bodySince = now
        stretch = (now, 0)
    }

    var isClosing: Bool {
        if case .closing = phase { true } else { false }
    }

    /// Whether somebody works on a request; if not, the connection may give way to another.
    var isBusy: Bool { requests.first?.isComplete == true }

    /// When ``timeReached(_:)`` must be called; `nil` while it is not the caller's turn.
    var deadline: NIODeadline? {
        if case .closing(let until, _) = phase { return until }
        guard let request = requests.first else {
            if isFresh { return waitingSince + TimeAmount(bounds.headerTimeout) }
            return firstByteAt.map { $0 + TimeAmount(bounds.headerTimeout) }
                ?? waitingSince + TimeAmount(bounds.idleTimeout)
        }
        guard !request.isComplete, !request.isAnswered else { return nil }
        return min(bodySince + TimeAmount(bounds.bodyTimeout), stretch.since + TimeAmount(bounds.bodyStall))
    }

    mutating func timeReached(_ now: NIODeadline) -> OnTime {
        guard let deadline, now >= deadline else { return .wait }
        if isClosing { return .close }
        guard !requests.isEmpty else { return firstByteAt == nil ? .close : .refuse(.headersTooSlow) }
        if now < bodySince + TimeAmount(bounds.bodyTimeout), stretch.bytes >= bounds.leastProgress {
            stretch = (now, 0)
            return .wait
        }
        return .refuse(.bodyTooSlow)
    }

    // MARK: What the caller sends

    /// Some bytes came, which may be a part of a head.
    mutating func bytesReceived(at now: NIODeadline) {
        if requests.isEmpty, firstByteAt == nil { firstByteAt = now }
    }

    mutating func headReceived(_ request: Request, at now: NIODeadline) {
        requests.append(request)
        isFresh = false
        firstByteAt = nil
        if requests.count == 1 { beginBody(at: now) }
    }

    mutating func bodyReceived(bytes: Int) {
        guard !requests.isEmpty else { return }
        requests[requests.count - 1].bodyBytes += bytes
        if requests.count == 1 { stretch.bytes += bytes }
    }

    mutating func endReceived() {
        guard !requests.isEmpty else { return }
        requests[requests.count - 1].isComplete = true
    }

    /// What the caller sends cannot be taken, now or in what it sends ahead; the first fault counts.
    mutating func failed(_ refusal: HTTPRefusal) -> OnFault {
        guard fault == nil, !isClosing else { return .wait }
        fault = refusal
        guard let first = requests.first else { return .refuse(refusal) }
        return requests.count == 1 && !first.isComplete && !first.isAnswered ? .refuse(refusal) : .wait
    }

    /// Whether anything that comes is still to be passed on.
    var takesRequests: Bool { fault == nil && !isClosing && requests.last?.isLast != true }

    /// Whether the body that comes is that of a request that was passed on.
    var takesBody: Bool { fault == nil && !isClosing }

    // MARK: What it is answered

    /// The answer to the first request begins.
    ///
    /// - Returns: That request; `isLast` says that the answer must announce the end of the connection.
    mutating func answerBegins() -> Request? {
        guard !requests.isEmpty else { return nil }
        requests[0].isAnswered = true
        // The rest of a body that nobody wants cannot be told from the next request without reading all of it.
        if !requests[0].isComplete { requests[0].isLast = true }
        return requests[0]
    }

    /// The first request's body is wanted.
    ///
    /// - Returns: Whether the caller waits to be told so.
    mutating func bodyWanted() -> Bool {
        guard let first = requests.first, first.expectsContinue, !first.isAnswered, first.bodyBytes == 0,
            !first.isComplete
        else { return false }
        requests[0].expectsContinue = false
        return true
    }

    /// The application says that the present answer is its last.
    mutating func closeAfterAnswer() {
        if !requests.isEmpty { requests[0].isLast = true }
    }

    mutating func answerEnded(at now: NIODeadline) -> OnAnswerEnd {
        guard !requests.isEmpty else { return .goOn }
        let request = requests.removeFirst()
        if request.isLast { return .close }
        if let first = requests.first {
            beginBody(at: now)
            if let fault, !first.isComplete { return .refuse(fault) }
            return .goOn
        }
        if let fault { return .refuse(fault) }
        waitingSince = now
        firstByteAt = nil
        return .goOn
    }

    /// The first request has become the one whose body is waited for.
    private mutating func beginBody(at now: NIODeadline) {
        bodySince = now
        stretch = (now, 0)
    }

    // MARK: The end

    /// The last answer is out.
    mutating func closing(at now: NIODeadline) {
        guard !isClosing else { return }
        requests = []
        phase = .closing(until: now + TimeAmount(bounds.lingerTime), bytesLeft: bounds.lingerBytes)
    }

    /// The last answer is not with the caller yet: there is time anew.
    mutating func lingersOn(at now: NIODeadline) {
        guard case .closing(_, let bytesLeft) = phase else { return }
        phase = .closing(until: now + TimeAmount(bounds.lingerTime), bytesLeft: bytesLeft)
    }

    /// Bytes came that are thrown away.
    ///
    /// - Returns: Whether that was enough of them.
    mutating func threwAway(bytes: Int) -> Bool {
        guard case .closing(let until, let left) = phase else { return false }
        phase = .closing(until: until, bytesLeft: left - bytes)
        return left < bytes
    }
}
