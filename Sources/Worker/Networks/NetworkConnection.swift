import InferenceAPI
import Logging
import Operations
import ServiceLifecycle
import Signing
import Synchronization
import WorkerProtocol
import WorkerStore
import WorkerTransport

/// Keeps a session with one network: dials, drives the ``WorkerSession``, dials again.
final class NetworkConnection: Service {
    /// What a network's connection needs.
    struct Configuration: Sendable {
        /// The network's name in the configuration file.
        var name: String
        /// Where it dials, for people.
        var url: String
        var session: WorkerSession.Configuration
        /// The worker's name, for people; a reload may change it.
        var workerName: @Sendable () -> String
    }

    private struct State {
        var network: NetworkState
        var backoff = ReconnectBackoff()
        var welcomedAt: ContinuousClock.Instant?
        var takeovers = TakeoverWatch()
        /// The session's decisions, while a stream stands or is opened.
        var session: WorkerSession?
        /// Once welcomed.
        var link: SessionLink?
        /// Whether Announce is out, before which nothing may follow Welcome.
        var isAnnounced = false
        var isEnding = false
        /// Why no more jobs are wanted from this network; nil while they are.
        var leavingReason: String?
    }

    let configuration: Configuration
    private let dialer: any WorkerDialer
    let jobs: JobCoordinator
    let models: ModelHost
    let history: WorkerHistory
    private let clock: WallClock
    private let networkClock: NetworkClock
    private let claims: GatewayClaims
    private let events: EventHub
    private let pause: @Sendable (Duration) async throws -> Void
    /// The test job that was asked for, and the steps that it took.
    let selfTest = SelfTest()
    /// The page of the network's record that was asked for.
    let recordQuestion = NetworkQuestion<WireRecordPage>()
    let logger: Logger
    private let state: Mutex<State>

    /// The initializer with everything to choose; `pause` waits between sessions.
    init(
        configuration: Configuration,
        dialer: any WorkerDialer,
        jobs: JobCoordinator,
        models: ModelHost,
        history: WorkerHistory,
        claims: GatewayClaims = GatewayClaims(),
        events: EventHub = EventHub(),
        clock: WallClock = .live,
        pause: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) },
        logger: Logger
    ) {
        self.configuration = configuration
        self.dialer = dialer
        self.jobs = jobs
        self.models = models
        self.history = history
        self.claims = claims
        self.events = events
        self.clock = clock
        self.pause = pause
        networkClock = NetworkClock(clock)
        var logger = logger
        logger[metadataKey: "network"] = "\(configuration.name)"
        self.logger = logger
        state = Mutex(State(network: NetworkState(sinceMilliseconds: clock.nowMilliseconds)))
    }

    /// What the status tells.
    var network: NetworkState { state.withLock { $0.network } }

    /// How far this machine's clock is behind the network's, in milliseconds.
    var clockOffsetMilliseconds: Int64 { networkClock.offsetMilliseconds }

    /// Why no more jobs are wanted from this network; nil while they are.
    var leavingReason: String? { state.withLock { $0.leavingReason } }

    /// Wants no more jobs from this network, on this session or a later one.
    func leave(reason: String) {
        state.withLock { $0.leavingReason = reason }
        drain(reason: reason)
    }

    var link: SessionLink? { state.withLock { $0.link } }

    /// The session, once the network expects other messages than Announce.
    var announcedLink: SessionLink? { state.withLock { $0.isAnnounced ? $0.link : nil } }

    /// Lets other messages follow an Announce that was just queued.
    func announced() {
        state.withLock { $0.isAnnounced = true }
    }

    // MARK: Sessions

    /// Keeps a session until a graceful shutdown.
    ///
    /// - Throws: ``CommandError`` when another machine uses this worker's identity.
    func run() async throws {
        try await withGracefulShutdownHandler {
            while !isEnding {
                let closure = await runSession()
                let wait = try sessionEnded(closure)
                guard !isEnding else { return }
                // A shutdown ends the wait, and with it the loop.
                try? await cancelWhenGracefulShutdown { try await self.pause(wait) }
                if Task.isCancelled { return }
            }
        } onGracefulShutdown: {
            self.endSession()
        }
    }

    private var isEnding: Bool { state.withLock { $0.isEnding } }

    /// Closes the sending half, after what is queued; the gateway then closes the stream.
    private func endSession() {
        let outbox = state.withLock { state in
            state.isEnding = true
            return state.link?.outbox
        }
        outbox?.finish()
    }

    /// Runs one session to its end.
    private func runSession() async -> SessionClosure {
        let run = SessionRun()
        let session = WorkerSession(
            configuration: configuration.session,
            nonce: RandomBytes.make(count: SessionTranscript.nonceBytes),
            at: .now
        )
        run.outbox.post(session.hello)
        state.withLock { $0.session = session }
        await withTaskGroup(of: SessionTurn.self) { group in
            group.addTask { await self.exchange(run) }
            group.addTask { await self.keepTime(run) }
            group.addTask { await self.greet(run) }
            group.addTask { await self.leaveInTime() }
            group.addTask { await self.hangUpInTime(run) }
            for await turn in group where turn == .sessionIsOver { break }
            group.cancelAll()
        }
        return run.closure
    }

    /// What the end of one of a session's tasks means.
    private enum SessionTurn: Sendable {
        case sessionIsOver
        /// The others go on.
        case nothing
    }

    private func exchange(_ run: SessionRun) async -> SessionTurn {
        do {
            try await dialer.openStream(sending: run.outbox) { message in
                self.perform(self.update { $0.messageReceived(message, at: .now) }, run)
            }
            perform(update { $0.streamEnded(nil) }, run)
        } catch {
            perform(update { $0.streamEnded("\(error)") }, run)
        }
        return .sessionIsOver
    }

    private func update(_ event: (inout WorkerSession) -> [WorkerSession.Action]) -> [WorkerSession.Action] {
        state.withLock { state in
            guard var session = state.session else { return [] }
            defer { state.session = session }
            return event(&session)
        }
    }

    /// Books the session's end.
    ///
    /// - Returns: How long to wait before the next.
    private func sessionEnded(_ closure: SessionClosure) throws(CommandError) -> Duration {
        let random = Double.random(in: 0...1)
        let now = clock.nowMilliseconds
        let (link, wait, isTakenOver, isNews) = state.withLock { state in
            let link = state.link
            let isNews = link != nil || state.network.lastError != closure.message
            state.link = nil
            if let since = state.welcomedAt, .now - since >= ReconnectBackoff.lasting { state.backoff.lasted() }
            state.welcomedAt = nil
            state.isAnnounced = false
            state.session = nil
            state.network.ended(closure, atMilliseconds: now)
            let isTakenOver = closure.code == .superseded && state.takeovers.superseded(at: .now)
            return (link, state.backoff.ended(closure, random: random), isTakenOver, isNews)
        }
        claims.release(configuration.name)
        selfTest.question.sessionEnded()
        recordQuestion.sessionEnded()
        if let link { jobs.sessionLost(link.terms.gateway) }
        // A network that stays away is one event, not one for each try.
        if isNews {
            events.publish { [name = configuration.name] in
                WorkerEvent(
                    .sessionEnded,
                    at: $0,
                    network: name,
                    reason: closure.code.rawValue,
                    message: SafeText.line(closure.message)
                )
            }
        }
        if isTakenOver {
            // Not a failure that passes: a restart would only take the identity away from the other machine again.
            throw CommandError(
                .usage,
                "another machine uses this identity (\(configuration.session.identity.address))",
                hint: "one identity, one machine: stop the other one, or create another identity for this one"
            )
        }
        if !isEnding {
            // A network that is down for a night fills no log: the same reason again is for `debug`.
            logger.log(
                level: isNews ? .notice : .debug,
                "session ended",
                metadata: ["code": "\(closure.code.rawValue)", "reason": "\(closure)", "wait": "\(wait)"]
            )
        }
        return wait
    }

    /// Tells the session the time whenever its deadline comes.
    private func keepTime(_ run: SessionRun) async -> SessionTurn {
        while let deadline = state.withLock({ $0.session?.deadline }) {
            // Welcome brings an earlier deadline than the handshake's, so the wait is never long.
            let next = min(deadline, .now + .milliseconds(250))
            guard (try? await Task.sleep(until: next, clock: .continuous)) != nil else { break }
            perform(update { $0.timeReached(.now) }, run)
        }
        return .nothing
    }

    /// Announces this worker once the session is live, then sends the receipts that have no answer.
    private func greet(_ run: SessionRun) async -> SessionTurn {
        for await link in run.welcomed {
            await announce(on: link)
            // Again from time to time: an answer that got lost on a session that stays comes by no other way.
            repeat {
                await sendPendingReceipts(on: link)
            } while (try? await Task.sleep(for: Self.receiptInterval)) != nil
        }
        return .nothing
    }

    /// How often receipts without an answer are sent again.
    private static let receiptInterval: Duration = .seconds(300)

    /// Ends a session that does not end by itself after a shutdown began.
    private func leaveInTime() async -> SessionTurn {
        guard (try? await gracefulShutdown()) != nil else { return .nothing }
        // Without a session nobody is waited for.
        if link != nil { try? await Task.sleep(for: Self.partingTime) }
        return .sessionIsOver
    }

    /// Ends a session that this side is done with and the gateway does not close: it may be gone without a word.
    private func hangUpInTime(_ run: SessionRun) async -> SessionTurn {
        for await _ in run.closed {}
        guard !Task.isCancelled else { return .nothing }
        try? await Task.sleep(for: Self.partingTime)
        return .sessionIsOver
    }

    /// How long the gateway has to close a stream that this side is done with.
    private static let partingTime: Duration = .seconds(2)
}

// MARK: - Actions

extension NetworkConnection {
    private func perform(_ actions: [WorkerSession.Action], _ run: SessionRun) {
        for action in actions { perform(action, run) }
    }

    private func perform(_ action: WorkerSession.Action, _ run: SessionRun) {
        switch action {
        case .send(let message):
            guard isFirstClaim(message, run) else { return }
            run.outbox.post(message)
        case .welcomed(let terms):
            welcomed(terms, run)
        case .sendHeartbeat:
            sendHeartbeat()
        case .networkTime(let milliseconds):
            networkClock.told(milliseconds: milliseconds)
        case .networkDraining(let reason):
            logger.notice("network drains", metadata: ["reason": "\(SafeText.line(reason))"])
            state.withLock { $0.network.isDraining = true }
        case .standing(let wire):
            stood(wire)
        case .recordPage(let page):
            recordQuestion.answered(page.request, page)
        case .selfTestResult(let result):
            selfTest.question.answered(result.request, result)
        case .close(let closure):
            run.close(closure)
        case .offered, .resume, .cancel, .receiptAccepted, .receiptRefused, .payout:
            guard let link else { return }
            hand(action, on: link)
        }
    }

    /// Hands what concerns a job to the jobs.
    private func hand(_ action: WorkerSession.Action, on link: SessionLink) {
        switch action {
        case .offered(let id, let offer): jobs.offered(id, offer, on: link)
        case .resume(let id, let next): jobs.resume(id, nextSequence: next, on: link)
        case .cancel(let id, let reason): jobs.cancel(id, reason, on: link)
        case .receiptAccepted(let id, let statement): jobs.receiptAccepted(id, statement: statement, on: link)
        case .receiptRefused(let id, let reason, let message):
            jobs.receiptRefused(id, reason, message: message, on: link)
        case .payout(let id, let payout): jobs.payout(id, payout, on: link)
        case .send, .welcomed, .sendHeartbeat, .networkTime, .networkDraining, .close, .standing, .recordPage,
            .selfTestResult:
            break
        }
    }

    /// Claims the gateway before this worker proves itself to it: the proof would end the session of another section.
    ///
    /// - Returns: Whether the message may go out; otherwise the session is being closed.
    private func isFirstClaim(_ message: WireWorkerMessage, _ run: SessionRun) -> Bool {
        guard case .proof? = message.message, let gateway = state.withLock({ $0.session?.gateway }),
            let owner = claims.claim(gateway, for: configuration.name)
        else { return true }
        run.close(
            SessionClosure(
                .duplicate,
                "this gateway is already connected as network \(owner) (\(gateway)): remove one of the two"
                    + " [[network]] sections"
            )
        )
        return false
    }

    private func stood(_ wire: WireStanding) {
        let standing = NetworkStanding(
            wire,
            receivedAt: clock.nowMilliseconds,
            clockOffset: networkClock.offsetMilliseconds
        )
        state.withLock { $0.network.standing = standing }
    }

    private func welcomed(_ terms: SessionTerms, _ run: SessionRun) {
        networkClock.told(milliseconds: terms.networkTimeMilliseconds)
        let link = SessionLink(terms: terms, outbox: run.outbox, clock: networkClock, selfTest: selfTest)
        let now = clock.nowMilliseconds
        let isEnding = state.withLock { state in
            state.link = link
            state.welcomedAt = .now
            state.network.welcomed(terms, atMilliseconds: now)
            return state.isEnding
        }
        logger.info(
            "session live",
            metadata: [
                "session.id": "\(terms.sessionID)", "gateway.address": "\(terms.gateway)",
                "share_bps": "\(terms.shareBasisPoints)",
            ]
        )
        events.publish { [name = configuration.name] in WorkerEvent(.sessionLive, at: $0, network: name) }
        if isEnding { run.outbox.finish() } else { run.becameLive(link) }
    }
}
