import GatewayStore
import InferenceAPI
import Signing
import Testing
import WorkerProtocol

@testable import Gateway

@Suite struct JobExchangeTests {
    static let start = ContinuousClock.now
    let worker = Identity.generate().address
    let other = Identity.generate().address

    private func exchange(
        streamed: Bool = true,
        choices: Int = 1,
        limits: JobExchange.Limits = .init()
    ) -> JobExchange {
        JobExchange(
            choiceCount: choices,
            isStreamed: streamed,
            deadline: Self.start + .seconds(120),
            at: Self.start,
            limits: limits
        )
    }

    private var attempt: JobExchange.Attempt { .init(worker: worker, sessionID: "s1") }

    private func delta(_ sequence: UInt64, _ text: String, finish: String = "") -> WireJobDelta {
        .make {
            $0.sequence = sequence
            $0.choices = [
                .make {
                    $0.content = text
                    $0.finishReason = finish
                }
            ]
        }
    }

    private func offered(_ exchange: inout JobExchange) {
        expect(exchange.offered(attempt, at: Self.start))
    }

    private func streaming(_ exchange: inout JobExchange) {
        offered(&exchange)
        expect(exchange.accepted(sessionID: "s1"))
        expect(exchange.deltaReceived(delta(0, "a"), sessionID: "s1", at: Self.start).names == ["wakeCaller"])
    }

    /// `#expect` cannot hold a mutating call.
    private func expect(_ holds: Bool, at location: SourceLocation = #_sourceLocation) {
        #expect(holds, sourceLocation: location)
    }

    // MARK: The way it should go

    @Test func `what the worker sends reaches the caller once and in order`() {
        var exchange = exchange()
        streaming(&exchange)
        _ = exchange.deltaReceived(delta(1, "b"), sessionID: "s1", at: Self.start)
        _ = exchange.deltaReceived(delta(0, "a"), sessionID: "s1", at: Self.start)
        _ = exchange.deltaReceived(delta(2, "c", finish: "stop"), sessionID: "s1", at: Self.start)
        guard case .deltas(let deltas) = exchange.read(at: Self.start) else { return #expect(Bool(false), "no deltas") }
        #expect(deltas.map(\.content) == ["a", "b", "c"])
        #expect(exchange.output.isComplete)
        expect(exchange.finished(.init(), sessionID: "s1")?.names == ["settle"])
    }

    @Test func `a vector that is missing while its caller waits breaks the protocol`() {
        var exchange = JobExchange(
            kind: .embeddings,
            choiceCount: 2,
            isStreamed: false,
            deadline: Self.start + .seconds(120),
            at: Self.start
        )
        offered(&exchange)
        expect(exchange.accepted(sessionID: "s1"))
        let vector = WireJobDelta.make {
            $0.choices = [
                .make {
                    $0.embedding = .init([0, 0, 0x80, 0x3F])
                    $0.finishReason = "stop"
                }
            ]
        }
        expect(exchange.deltaReceived(vector, sessionID: "s1", at: Self.start).isEmpty)
        let missing = WireJobDelta.make {
            $0.sequence = 1
            $0.choices = [
                .make {
                    $0.index = 1
                    $0.finishReason = "cancelled"
                }
            ]
        }
        var left = exchange
        expect(
            exchange.deltaReceived(missing, sessionID: "s1", at: Self.start).names.first?.hasPrefix("cancel") == true
        )
        _ = left.callerGone(at: Self.start)
        expect(left.deltaReceived(missing, sessionID: "s1", at: Self.start).isEmpty)
        expect(left.output.isComplete)
    }

    @Test func `a plain answer keeps nothing for the caller to read before the end`() {
        var exchange = exchange(streamed: false)
        offered(&exchange)
        _ = exchange.accepted(sessionID: "s1")
        expect(exchange.deltaReceived(delta(0, "a"), sessionID: "s1", at: Self.start).isEmpty)
        guard case .wait = exchange.read(at: Self.start) else { return #expect(Bool(false), "something to read") }
        #expect(exchange.output.choices[0].content == "a")
    }

    // MARK: Before the first token

    @Test func `a refusal passes the job to another worker`() {
        var exchange = exchange()
        offered(&exchange)
        expect(exchange.refused(sessionID: "s1", reason: .atCapacity).names == ["release refused atCapacity", "seek"])
        #expect(exchange.passedOver == [worker])
        expect(exchange.offered(.init(worker: other, sessionID: "s2"), at: Self.start))
        expect(!exchange.accepted(sessionID: "s1"))
        expect(exchange.accepted(sessionID: "s2"))
    }

    @Test func `a model whose only worker is full is busy, not absent`() {
        var exchange = exchange()
        offered(&exchange)
        _ = exchange.refused(sessionID: "s1", reason: .atCapacity)
        #expect(exchange.wasRefusedForCapacity)
        let actions = exchange.nobodyToAsk(.networkAtCapacity(model: "m", retryAfter: 1))
        #expect(actions.names == ["refund failed network_at_capacity", "wakeCaller"])
    }

    @Test func `a failure before is not what a caller hears who was refused for want of a slot`() {
        var exchange = exchange()
        offered(&exchange)
        _ = exchange.accepted(sessionID: "s1")
        _ = exchange.failed(sessionID: "s1", code: .backendError, at: Self.start)
        expect(exchange.offered(.init(worker: other, sessionID: "s2"), at: Self.start))
        _ = exchange.refused(sessionID: "s2", reason: .atCapacity)
        let actions = exchange.nobodyToAsk(.networkAtCapacity(model: "m", retryAfter: 1))
        #expect(actions.names == ["refund failed network_at_capacity", "wakeCaller"])
    }

    @Test func `a worker lost before the first token may have the job again on its next session`() {
        var exchange = exchange()
        offered(&exchange)
        _ = exchange.accepted(sessionID: "s1")
        expect(exchange.sessionLost(sessionID: "s1", at: Self.start).names == ["release failed lost", "seek"])
        #expect(exchange.passedOver.isEmpty)
        #expect(exchange.awaitsReturn)
        exchange.queued(at: Self.start)
        // Past the wait for a slot: there is nothing better to do than to wait for the worker.
        expect(exchange.timeReached(Self.start + .seconds(113)).isEmpty)
        expect(exchange.offered(.init(worker: worker, sessionID: "s2"), at: Self.start + .seconds(113)))
    }

    @Test func `a job whose worker never comes back ends while there is time to say so`() {
        var exchange = exchange()
        offered(&exchange)
        _ = exchange.sessionLost(sessionID: "s1", at: Self.start)
        exchange.queued(at: Self.start)
        let actions = exchange.timeReached(Self.start + .seconds(114))
        #expect(actions.names == ["giveUp"])
        let ending = exchange.nobodyToAsk(.networkAtCapacity(model: "m", retryAfter: 1))
        #expect(ending.names == ["refund failed worker_failed", "wakeCaller"])
    }

    @Test func `a worker that is lost with the same job three times is not asked again`() {
        var exchange = exchange()
        for session in ["s1", "s2", "s3"] {
            #expect(exchange.passedOver.isEmpty)
            expect(exchange.offered(.init(worker: worker, sessionID: session), at: Self.start))
            _ = exchange.sessionLost(sessionID: session, at: Self.start)
        }
        #expect(exchange.passedOver == [worker])
        #expect(!exchange.awaitsReturn)
    }

    @Test func `a worker that refused does not get the job again when it returns`() {
        var exchange = exchange()
        offered(&exchange)
        _ = exchange.refused(sessionID: "s1", reason: .unsupported)
        #expect(exchange.passedOver == [worker])
        #expect(!exchange.awaitsReturn)
    }

    @Test func `a prompt that no worker has room for is the caller's to shorten`() {
        var exchange = exchange()
        offered(&exchange)
        expect(exchange.refused(sessionID: "s1", reason: .tooLarge).names == ["release refused tooLarge", "seek"])
        _ = exchange.nobodyToAsk(.noWorkersAvailable(model: "m", retryAfter: 15))
        guard case .failed(let error)? = exchange.completion else { return #expect(Bool(false), "not failed") }
        #expect(error.code == .contextLengthExceeded)
    }

    @Test func `a worker that does not answer an offer is passed over`() {
        var exchange = exchange()
        offered(&exchange)
        expect(exchange.timeReached(Self.start + .seconds(4)).isEmpty)
        expect(
            exchange.timeReached(Self.start + .seconds(5)).names == [
                "cancel jobLost", "release failed no_answer", "seek",
            ]
        )
    }

    @Test func `when nobody is left the caller learns the last failure`() {
        var exchange = exchange()
        offered(&exchange)
        _ = exchange.failed(sessionID: "s1", code: .backendUnavailable, at: Self.start)
        let actions = exchange.nobodyToAsk(.noWorkersAvailable(model: "m", retryAfter: 1))
        #expect(actions.names == ["refund failed worker_failed", "wakeCaller"])
    }

    @Test func `a request that is at fault itself is not tried elsewhere`() {
        var exchange = exchange()
        offered(&exchange)
        let actions = exchange.failed(sessionID: "s1", code: .contextLengthExceeded, at: Self.start)
        #expect(actions.names == ["release", "refund failed context_length_exceeded", "wakeCaller"])
    }

    @Test func `a caller who hangs up before the first token pays nothing`() {
        var exchange = exchange()
        offered(&exchange)
        let actions = exchange.callerGone(at: Self.start)
        #expect(actions.names == ["cancel callerGone", "release", "refund cancelled cancelled", "wakeCaller"])
        expect(exchange.callerGone(at: Self.start).isEmpty)
        expect(exchange.finished(.init(), sessionID: "s1") == nil)
    }

    @Test func `a job waits for a slot, but not for ever`() {
        var exchange = exchange()
        exchange.queued(at: Self.start)
        expect(exchange.timeReached(Self.start + .seconds(29)).isEmpty)
        expect(exchange.timeReached(Self.start + .seconds(30)).names == ["giveUp"])
        let actions = exchange.nobodyToAsk(.networkAtCapacity(model: "m", retryAfter: 1))
        #expect(actions.names == ["refund failed network_at_capacity", "wakeCaller"])
        expect(!exchange.offered(attempt, at: Self.start))
    }

    @Test func `a slot that comes free takes a job out of the queue`() {
        var exchange = exchange()
        exchange.queued(at: Self.start)
        offered(&exchange)
        expect(exchange.timeReached(Self.start + .seconds(4)).isEmpty)
        expect(exchange.accepted(sessionID: "s1"))
    }

    @Test func `a caller who hangs up in the queue pays nothing`() {
        var exchange = exchange()
        exchange.queued(at: Self.start)
        expect(exchange.callerGone(at: Self.start).names == ["refund cancelled cancelled", "wakeCaller"])
    }

    // MARK: After it

    @Test func `a caller who hangs up after the first token lets the worker settle what it made`() {
        var exchange = exchange()
        streaming(&exchange)
        expect(exchange.callerGone(at: Self.start).names == ["cancel callerGone", "wakeCaller"])
        expect(exchange.deltaReceived(delta(1, "", finish: "cancelled"), sessionID: "s1", at: Self.start).isEmpty)
        expect(exchange.finished(.init(), sessionID: "s1")?.names == ["settle"])
    }

    @Test func `a cancelled job without a receipt is refunded after five seconds`() {
        var exchange = exchange()
        streaming(&exchange)
        _ = exchange.callerGone(at: Self.start)
        expect(exchange.timeReached(Self.start + .milliseconds(4_999)).isEmpty)
        let actions = exchange.timeReached(Self.start + .seconds(5))
        #expect(actions.names == ["release failed no_receipt", "refund cancelled cancelled", "wakeCaller"])
    }

    @Test func `only who has the job now makes its output`() {
        var exchange = exchange()
        expect(exchange.offered(attempt, at: Self.start))
        expect(!exchange.takesDeltas(sessionID: "s1"))
        _ = exchange.refused(sessionID: "s1", reason: .atCapacity)
        expect(!exchange.takesDeltas(sessionID: "s1"))
        expect(exchange.offered(.init(worker: other, sessionID: "s2"), at: Self.start))
        expect(exchange.accepted(sessionID: "s2"))
        expect(exchange.takesDeltas(sessionID: "s2"))
        expect(!exchange.takesDeltas(sessionID: "s1"))
    }

    @Test func `who calls a job cancelled that nobody cancelled has failed it`() {
        var exchange = exchange()
        streaming(&exchange)
        let actions = exchange.failed(sessionID: "s1", code: .cancelled, at: Self.start)
        #expect(actions.names == ["release failed worker_error", "refund failed worker_failed", "wakeCaller"])
    }

    @Test func `log probabilities that no plain answer can hold are nobody's breach`() {
        let large = Array("{\"content\":[\"\(String(repeating: "a", count: 6 << 20))\"]}".utf8)
        for isStreamed in [false, true] {
            var exchange = exchange(streamed: isStreamed)
            expect(exchange.offered(attempt, at: Self.start))
            expect(exchange.accepted(sessionID: "s1"))
            var names: [String] = []
            for sequence in UInt64(0)..<3 {
                var wire = delta(sequence, "a")
                wire.choices[0].logprobs = .init(large)
                names += exchange.deltaReceived(wire, sessionID: "s1", at: Self.start).names
            }
            let isRefunded = names.contains("refund failed unsupported_feature")
            #expect(isRefunded != isStreamed)
            #expect(!names.contains("release failed protocol"))
        }
    }

    @Test func `a lost session is resumed where it broke off`() {
        var exchange = exchange()
        streaming(&exchange)
        expect(exchange.sessionLost(sessionID: "s1", at: Self.start).isEmpty)
        expect(exchange.resumed(worker: other, sessionID: "s3") == .lost)
        expect(exchange.resumed(worker: worker, sessionID: "s2") == .resume(next: 1))
        expect(exchange.resumed(worker: worker, sessionID: "s2") == .goesOn)
        expect(exchange.deltaReceived(delta(1, "b"), sessionID: "s1", at: Self.start).isEmpty)
        expect(exchange.deltaReceived(delta(1, "b"), sessionID: "s2", at: Self.start).names == ["wakeCaller"])
    }

    @Test func `a lost session that does not come back costs the caller nothing`() {
        var exchange = exchange()
        streaming(&exchange)
        _ = exchange.sessionLost(sessionID: "s1", at: Self.start)
        let actions = exchange.timeReached(Self.start + .seconds(10))
        #expect(actions.names == ["release failed lost", "refund failed worker_failed", "wakeCaller"])
    }

    @Test func `a receipt that comes on the next session settles the job`() {
        var exchange = exchange()
        streaming(&exchange)
        _ = exchange.sessionLost(sessionID: "s1", at: Self.start)
        exchange.receiptSentAgain(worker: worker, sessionID: "s2")
        expect(exchange.finished(.init(), sessionID: "s2")?.names == ["settle"])
        expect(exchange.finished(.init(), sessionID: "s2") == nil)
    }

    // MARK: Faults

    @Test func `a gap in the deltas ends the job and the worker's claim`() {
        var exchange = exchange()
        streaming(&exchange)
        let actions = exchange.deltaReceived(delta(2, "c"), sessionID: "s1", at: Self.start)
        #expect(
            actions.names == [
                "cancel protocol", "release failed protocol", "refund failed worker_failed", "wakeCaller",
            ]
        )
    }

    @Test(arguments: [
        WireJobDelta.make { $0.choices = [.make { $0.index = 1 }] },
        .make { $0.choices = [.make { $0.finishReason = "eos" }] },
        .make { $0.choices = [.make { $0.content = String(repeating: "x", count: 101) }] },
        .make { $0.choices = [.make { $0.finishReason = "stop" }, .make { $0.content = "more" }] },
    ]) func `output that cannot be ends the job`(delta: WireJobDelta) {
        var limits = JobExchange.Limits()
        limits.outputBytes = 100
        var exchange = exchange(limits: limits)
        offered(&exchange)
        _ = exchange.accepted(sessionID: "s1")
        let actions = exchange.deltaReceived(delta, sessionID: "s1", at: Self.start)
        #expect(actions.names.first == "cancel protocol")
    }

    @Test func `a caller who does not read is cut off and billed for what was made`() {
        var limits = JobExchange.Limits()
        limits.unreadBytes = 1000
        var exchange = exchange(limits: limits)
        streaming(&exchange)
        let actions = exchange.deltaReceived(
            delta(1, String(repeating: "x", count: 1000)),
            sessionID: "s1",
            at: Self.start
        )
        #expect(actions.names == ["cancel callerTooSlow", "wakeCaller"])
        #expect(exchange.unread.isEmpty)
    }

    @Test func `at the deadline the credits go back, whatever the worker does`() {
        var exchange = exchange()
        streaming(&exchange)
        let actions = exchange.timeReached(Self.start + .seconds(120))
        #expect(
            actions.names == [
                "cancel deadline", "release failed deadline", "refund refunded job_timeout", "wakeCaller",
            ]
        )
        expect(exchange.finished(.init(), sessionID: "s1") == nil)
    }

    @Test func `a backend that made nothing until the worker had to stop is a timeout`() {
        var exchange = exchange()
        offered(&exchange)
        _ = exchange.accepted(sessionID: "s1")
        let actions = exchange.failed(sessionID: "s1", code: .backendTimeout, at: Self.start + .seconds(115))
        #expect(actions.names == ["release failed backend_timeout", "refund refunded job_timeout", "wakeCaller"])
    }

    @Test func `a backend that is slow while there is time left is passed over`() {
        var exchange = exchange()
        offered(&exchange)
        _ = exchange.accepted(sessionID: "s1")
        let actions = exchange.failed(sessionID: "s1", code: .backendTimeout, at: Self.start + .seconds(60))
        #expect(actions.names == ["release failed backend_timeout", "seek"])
    }

    @Test func `a receipt in hand is settled even when the deadline passes meanwhile`() {
        var exchange = exchange()
        streaming(&exchange)
        _ = exchange.finished(.init(), sessionID: "s1")
        expect(exchange.timeReached(Self.start + .seconds(121)).isEmpty)
        expect(
            exchange.receiptRefused().names == [
                "release failed receipt_refused", "refund failed invalid_proof", "wakeCaller",
            ]
        )
    }

    @Test func `a silent stream shows a sign of life every fifteen seconds`() {
        var exchange = exchange()
        expect(!exchange.keepAliveDue(at: Self.start + .seconds(14)))
        expect(exchange.keepAliveDue(at: Self.start + .seconds(15)))
        expect(!exchange.keepAliveDue(at: Self.start + .seconds(16)))
    }
}

extension [JobExchange.Action] {
    /// The actions as words, which is what tests compare.
    var names: [String] {
        map { action in
            switch action {
            case .seek: "seek"
            case .giveUp: "giveUp"
            case .release(_, .withdrawn): "release"
            case .release(_, .settled): "release settled"
            case .release(_, .refused(let reason)): "release refused \(reason)"
            case .release(_, .failed(let fault)): "release failed \(fault.rawValue)"
            case .cancel(_, let reason): "cancel \(reason)"
            case .settle: "settle"
            case .refund(let refund): "refund \(refund.status.rawValue) \(refund.code)"
            case .wakeCaller: "wakeCaller"
            }
        }
    }
}
