import InferenceAPI
import Logging
import Operations
import Signing
import Synchronization
import WorkerProtocol
import WorkerTransport

/// Drives one worker's ``NetworkSession`` over its stream.
final class WorkerConnection: Sendable {
    let sessionID: String
    private let peer: String
    private let hub: WorkerHub
    private let jobs: JobCoordinator
    private let heartbeatInterval: Duration
    private let clock: WallClock
    private let logger: Logger
    private let outbox = MessageOutbox<WireNetworkMessage>()
    private let lookUps: AsyncStream<LookUp>
    private let lookUp: AsyncStream<LookUp>.Continuation

    /// What this worker asked for and only the disk knows.
    private enum LookUp: Sendable {
        case verdict(on: JobID)
        case payouts(after: Int)
    }

    /// Look-ups of one worker that wait.
    ///
    /// They are made one at a time, so that nobody floods the disk. What is over is dropped: a receipt without an
    /// answer is sent again on the next session.
    private static let lookUpLimit = 4096

    private struct State {
        var session: NetworkSession
        var introduction: WorkerIntroduction?
        var isCounted = true
        /// As the worker announced it last.
        var name: String?
        /// A page of the worker's record is being read.
        var isReadingRecord = false
    }

    private let state: Mutex<State>

    init(
        peer: String,
        configuration: NetworkSession.Configuration,
        hub: WorkerHub,
        jobs: JobCoordinator,
        clock: WallClock,
        logger: Logger
    ) {
        sessionID = "sess_" + Hex.encode(RandomBytes.make(count: 8))
        self.peer = peer
        self.hub = hub
        self.jobs = jobs
        (lookUps, lookUp) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(Self.lookUpLimit))
        heartbeatInterval = configuration.limits.heartbeatInterval
        self.clock = clock
        var logger = logger
        logger[metadataKey: "session.id"] = "\(sessionID)"
        self.logger = logger
        let nonce = RandomBytes.make(count: SessionTranscript.nonceBytes)
        state = Mutex(State(session: NetworkSession(configuration: configuration, nonce: nonce, at: .now)))
    }

    /// Runs the session until its stream is over.
    func run(_ stream: WorkerStream) async {
        guard hub.streamOpened(from: peer) else {
            state.withLock { $0.isCounted = false }
            perform(
                state.withLock {
                    $0.session.reject(.busy, "too many unproven sessions", retryAfter: .seconds(5))
                }
            )
            try? await stream.exchange(sending: outbox) { _ in }
            return
        }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.keepTime() }
            group.addTask { await self.answerLookUps() }
            do {
                try await stream.exchange(sending: outbox) { message in self.received(message) }
            } catch {
                logger.debug("worker stream broke", metadata: ["error": "\(error)"])
            }
            group.cancelAll()
        }
        perform(state.withLock { $0.session.streamEnded() })
        leave()
    }

    /// Queues a message; false if the worker does not read what it was sent.
    @discardableResult
    func post(_ message: WireNetworkMessage, bytes: Int = 256) -> Bool {
        outbox.post(message, bytes: bytes)
    }

    /// Ends the session from this side.
    func end(_ reason: WireSessionEndReason, _ message: String) {
        perform(state.withLock { $0.session.endRequested(reason, message) })
    }

    // MARK: Events

    private func received(_ message: WireWorkerMessage) {
        perform(state.withLock { $0.session.messageReceived(message, at: .now) })
    }

    /// Reads what the worker asked for, one after the other.
    private func answerLookUps() async {
        for await wanted in lookUps {
            guard let worker else { continue }
            switch wanted {
            case .verdict(let id): await jobs.repeatVerdict(on: id, to: worker)
            case .payouts(let last): await jobs.sendPayouts(to: worker, after: last)
            }
        }
    }

    /// Whether the worker has not announced this name before.
    private func isNews(_ name: String) -> Bool {
        state.withLock { state in
            defer { state.name = name }
            return state.name != name
        }
    }

    /// Tells the session the time whenever its deadline comes.
    private func keepTime() async {
        while let deadline = state.withLock({ $0.session.deadline }) {
            do {
                // Never past one heartbeat: the end of the handshake brings an earlier deadline.
                try await Task.sleep(until: min(deadline, .now + heartbeatInterval), clock: .continuous)
            } catch {
                return
            }
            let time = clock.nowMilliseconds
            perform(state.withLock { $0.session.timeReached(.now, networkTimeMilliseconds: time) })
        }
    }

    private func perform(_ actions: [NetworkSession.Action]) {
        for action in actions { perform(action) }
    }

    private func perform(_ action: NetworkSession.Action) {
        switch action {
        case .send(let message):
            outbox.post(message)
        case .proven(let introduction):
            admit(introduction)
        case .announced(let announce, let inFlight):
            guard let worker else { return }
            hub.update { $0.announced(announce, by: worker, sessionID: sessionID) }
            if isNews(announce.name) { jobs.workerSeen(worker, name: announce.name) }
            jobs.announced(announce, jobsInFlight: inFlight, by: worker, sessionID: sessionID)
            lookUp.yield(.payouts(after: Int(clamping: announce.lastPayoutSequence)))
        case .heartbeat(let heartbeat):
            guard let worker else { return }
            hub.update { $0.heartbeat(heartbeat, by: worker, sessionID: sessionID) }
            for model in heartbeat.models { jobs.slotsChanged(of: model.id) }
        case .jobAccepted(let id):
            jobs.accepted(id, sessionID: sessionID)
        case .jobRefused(let id, let reason, let message):
            jobs.refused(id, sessionID: sessionID, reason: reason, message: message)
        case .jobDelta(let id, let delta):
            jobs.deltaReceived(id, delta, sessionID: sessionID)
        case .jobFinished(let id, let finished):
            guard let worker else { return }
            if !jobs.finished(id, finished, by: worker, sessionID: sessionID) { lookUp.yield(.verdict(on: id)) }
        case .jobFailed(let id, let code, let message):
            jobs.failed(id, sessionID: sessionID, code: code, message: message)
        case .recordRequested(let request, let after):
            guard let worker else { return }
            sendRecord(of: worker, for: request, after: after)
        case .selfTestRequested(let request):
            guard let worker else { return }
            jobs.selfTest(request, of: worker)
        case .workerDraining(let reason):
            guard let worker else { return }
            logger.info("worker drains", metadata: ["worker.address": "\(worker)", "reason": "\(reason)"])
            hub.update { $0.draining(worker, sessionID: sessionID) }
        case .close(let closure):
            logger.info("session ended", metadata: ["code": "\(closure.code.rawValue)", "reason": "\(closure)"])
            outbox.finish()
        }
    }

    /// Answers with a page of the worker's record, one at a time.
    private func sendRecord(of worker: Address, for request: WireRecordRequest, after: JobID?) {
        let mayRead = state.withLock { state in
            defer { state.isReadingRecord = true }
            return !state.isReadingRecord
        }
        guard mayRead else {
            outbox.post(
                .make {
                    $0.recordPage.request = request.request
                    $0.recordPage.error = "one request at a time: wait for the page that was asked for before"
                }
            )
            return
        }
        jobs.background.add {
            let page = await self.jobs.recordPage(for: request, after: after, of: worker)
            self.state.withLock { $0.isReadingRecord = false }
            self.outbox.post(.make { $0.recordPage = page }, bytes: 256 + 256 * page.jobs.count)
        }
    }

    private var worker: Address? { state.withLock { $0.introduction?.worker } }

    private func admit(_ introduction: WorkerIntroduction) {
        uncount()
        guard !hub.isDraining else {
            perform(
                state.withLock { $0.session.reject(.draining, "the gateway is shutting down", retryAfter: .seconds(2)) }
            )
            return
        }
        if let reason = hub.ban(of: introduction.worker) {
            logger.info("worker turned away: banned", metadata: ["worker.address": "\(introduction.worker)"])
            return perform(state.withLock { $0.session.reject(.banned, WorkerHub.banMessage(reason)) })
        }
        let share = jobs.shareBasisPoints(of: introduction.worker)
        let time = clock.nowMilliseconds
        let actions = state.withLock { state in
            state.introduction = introduction
            return state.session.admitted(
                sessionID: sessionID,
                shareBasisPoints: share,
                networkTimeMilliseconds: time,
                at: .now
            )
        }
        let live = LiveWorker(
            address: introduction.worker,
            payoutAddress: introduction.payoutAddress,
            software: introduction.software,
            sessionID: sessionID,
            shareBasisPoints: share,
            since: .now
        )
        // Welcome goes out before the registry can send an offer.
        perform(actions)
        hub.joined(live, self)
        logger.info(
            "worker joined",
            metadata: [
                "worker.address": "\(introduction.worker)", "worker.software": "\(introduction.software)",
                "peer.address": "\(peer)",
            ]
        )
    }

    private func leave() {
        uncount()
        guard let worker else { return }
        hub.left(worker, sessionID: sessionID)
        jobs.sessionLost(sessionID)
    }

    private func uncount() {
        let wasCounted = state.withLock { state in
            defer { state.isCounted = false }
            return state.isCounted
        }
        if wasCounted { hub.streamSettled(from: peer) }
    }
}
