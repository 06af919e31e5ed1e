import InferenceAPI
import Signing
import Testing
import WorkerProtocol

@Suite struct LiveSessionTests {
    let job = JobID(milliseconds: 1_750_000_000_000, random: 7)

    @Test func `a silent gateway is noticed after three missed heartbeats`() throws {
        var pair = SessionPair()
        _ = try pair.connect()
        var now = SessionPair.start
        var beats = 0
        while let deadline = pair.worker.deadline {
            now = deadline
            let actions = pair.worker.timeReached(now)
            if let closure = actions.closure {
                #expect(closure.code == .heartbeatMissed)
                break
            }
            beats += actions.count
        }
        #expect(beats == 3)
        #expect(now == SessionPair.start + .seconds(20))
    }

    @Test func `whatever a worker sends counts as a sign of life`() throws {
        var pair = SessionPair()
        _ = try pair.connect()
        let later = SessionPair.start + .seconds(19)
        _ = pair.network.messageReceived(.make { $0.jobAccepted.jobID = job.description }, at: later)
        #expect(pair.network.timeReached(SessionPair.start + .seconds(20), networkTimeMilliseconds: 5).closure == nil)
        let silent = pair.network.timeReached(later + .seconds(20), networkTimeMilliseconds: 5)
        #expect(silent.closure?.code == .heartbeatMissed)
        #expect(silent.sent.first?.sessionEnd.reason == .heartbeatMissed)
    }

    @Test func `a heartbeat carries the network's time`() throws {
        var pair = SessionPair()
        _ = try pair.connect()
        let due = try #require(pair.network.deadline)
        let beat = try #require(pair.network.timeReached(due, networkTimeMilliseconds: 42).sent.first)
        guard case .networkTime(42) = pair.worker.messageReceived(beat, at: due).first else {
            throw UnexpectedActions(description: "no network time")
        }
    }

    @Test func `a machine that slept sends one heartbeat and not hundreds`() throws {
        var pair = SessionPair()
        _ = try pair.connect()
        let awake = SessionPair.start + .seconds(18)
        #expect(pair.worker.timeReached(awake).count == 1)
        #expect(pair.worker.timeReached(awake).isEmpty)
    }

    @Test(arguments: [
        WireWorkerMessage.make { $0.jobDelta.jobID = "job_short" },
        .make { $0.hello.worker = "again" },
        .make { $0.announce.jobsInFlight = ["nonsense"] },
        .make { $0.announce.name = String(repeating: "n", count: 1025) },
        .make { $0.announce.models = [.make { $0.id = "" }] },
        .make {
            $0.announce.models = [
                .make {
                    $0.id = "m"
                    $0.slots = 5000
                }
            ]
        },
        .make {
            $0.announce.models = [
                .make {
                    $0.id = "m"
                    $0.slots = 1
                    $0.freeSlots = 2
                }
            ]
        },
        .make { $0.announce.models = [.make { $0.id = "m" }, .make { $0.id = "m" }] },
        .make { $0.heartbeat.models = (0...256).map { n in .make { $0.id = "m\(n)" } } },
        .make { $0.announce.jobsInFlight = (0...1024).map { JobID(milliseconds: Int64($0), random: 1).description } },
    ]) func `a worker that breaks a bound is told so and loses its session`(message: WireWorkerMessage) throws {
        var pair = SessionPair()
        _ = try pair.connect()
        let actions = pair.network.messageReceived(message, at: SessionPair.start)
        #expect(actions.sent.first?.sessionEnd.reason == .protocol)
        #expect(actions.closure?.code == .protocolViolation)
    }

    @Test func `a gateway that sends a job id that is none is left`() throws {
        var pair = SessionPair()
        _ = try pair.connect()
        let actions = pair.worker.messageReceived(.make { $0.jobCancel.jobID = "job_?" }, at: SessionPair.start)
        #expect(actions.closure?.code == .protocolViolation)
    }

    @Test func `every message about a job reaches the daemon`() throws {
        var pair = SessionPair()
        _ = try pair.connect()
        let id = job.description
        let toWorker: [WireNetworkMessage] = [
            .make { $0.jobOffer.jobID = id }, .make { $0.jobResume.jobID = id }, .make { $0.jobCancel.jobID = id },
            .make { $0.receiptAccepted.jobID = id }, .make { $0.receiptRefused.jobID = id },
            .make { $0.payout.jobID = id }, .make { $0.draining.reason = "r" },
        ]
        for message in toWorker { #expect(pair.worker.messageReceived(message, at: SessionPair.start).count == 1) }
        let toGateway: [WireWorkerMessage] = [
            .make { $0.jobAccepted.jobID = id }, .make { $0.jobRefused.jobID = id }, .make { $0.jobDelta.jobID = id },
            .make { $0.jobFinished.jobID = id }, .make { $0.jobFailed.jobID = id }, .make { $0.draining.reason = "r" },
        ]
        for message in toGateway {
            let actions = pair.network.messageReceived(message, at: SessionPair.start)
            #expect(actions.count == 1 && actions.closure == nil)
        }
    }

    @Test func `a worker that was superseded knows it`() throws {
        var pair = SessionPair()
        _ = try pair.connect()
        let end = try #require(pair.network.endRequested(.superseded, "another session").sent.first)
        let closure = pair.worker.messageReceived(end, at: SessionPair.start).closure
        #expect(closure?.code == .superseded)
        #expect(pair.network.endRequested(.shutdown, "again").isEmpty)
    }

    @Test func `limits travel in Welcome`() throws {
        var limits = SessionLimits()
        limits.reconnect = .seconds(3)
        limits.outputBytes = 77
        limits.embeddingBytes = 99
        #expect(SessionLimits(limits.wire, heartbeatIntervalMilliseconds: 5_000) == limits)
        var stated = SessionLimits()
        // A gateway that says nothing of vectors holds them to the bound of texts.
        stated.embeddingBytes = stated.outputBytes
        #expect(SessionLimits(WireLimits(), heartbeatIntervalMilliseconds: 0) == stated)
        #expect(SessionLimits(WireLimits(), heartbeatIntervalMilliseconds: 1).heartbeatInterval == .milliseconds(100))
    }
}
