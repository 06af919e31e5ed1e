import Backends
import InferenceAPI
import Receipts
import Signing
import Testing
import WorkerProtocol

@testable import Worker

struct OfferReviewTests {
    private let gateway = Identity.generate()
    private let worker = Identity.generate()
    private let nowMS: Int64 = 1_781_533_320_000

    private var offer: TestOffer {
        TestOffer(
            gateway: gateway,
            worker: worker.address,
            jobID: JobID(milliseconds: nowMS, random: 7),
            nowMS: nowMS
        )
    }

    private func models() throws -> ModelTable {
        var table = ModelTable(try WorkerConfiguration.test().models)
        _ = table.probed("scripted", .healthy)
        return table
    }

    @discardableResult
    private func review(
        _ wire: WireJobOffer,
        limits: SessionLimits = SessionLimits(),
        models: ModelTable? = nil
    ) throws -> AcceptedOffer {
        try OfferReview(worker: worker.address, payoutAddress: worker.address).review(
            wire,
            terms: .test(gateway: gateway.address, limits: limits),
            models: try models ?? self.models(),
            networkTime: nowMS,
            at: .now
        )
    }

    /// The refusal of an offer.
    private func refusal(_ wire: WireJobOffer, limits: SessionLimits = SessionLimits()) -> WireRefusal? {
        do {
            try review(wire, limits: limits)
            return nil
        } catch let refusal as JobRefusal {
            return refusal.reason
        } catch {
            Issue.record("not a refusal: \(error)")
            return nil
        }
    }

    @Test func `a completion is taken as one`() throws {
        var offer = offer
        offer.body = Array(#"{"model":"tiny-chat","prompt":["a","b"],"n":2}"#.utf8)
        offer.choices = 4
        var wire = offer.wire
        wire.kind = .completions
        #expect(try review(wire).request.choiceCount == 4)
        wire.kind = .chatCompletions
        #expect(refusal(wire) == .unsupported)
        wire.kind = .UNRECOGNIZED(99)
        #expect(refusal(wire) == .unsupported)
    }

    @Test func `a completion is refused where the backend serves none`() throws {
        var offer = offer
        offer.body = Array(#"{"model":"tiny-chat","prompt":"a"}"#.utf8)
        var wire = offer.wire
        wire.kind = .completions
        var sections = try WorkerConfiguration.test().models
        sections[0].features = [.tools]
        var models = ModelTable(sections)
        _ = models.probed("scripted", .healthy)
        let refusal = try #require(throws: JobRefusal.self) { try review(wire, models: models) }
        #expect(refusal.reason == .unsupported)
        #expect(refusal.message.contains("completions"))
    }

    @Test func `embeddings are taken where the backend makes them and the offer bills their input`() throws {
        var offer = offer
        offer.body = Array(#"{"model":"tiny-chat","input":["a","b"]}"#.utf8)
        offer.billed = .prompt
        var wire = offer.wire
        wire.kind = .embeddings
        #expect(refusal(wire) == .unsupported)
        var sections = try WorkerConfiguration.test().models
        sections[0].features.insert(.embeddings)
        var models = ModelTable(sections)
        _ = models.probed("scripted", .healthy)
        let accepted = try review(wire, models: models)
        #expect(accepted.request.outputCount == 2)
        #expect(JobSize(accepted, contextWindow: 400).tokens == 6)
        offer.billed = .completion
        wire = offer.wire
        wire.kind = .embeddings
        let refused = try #require(throws: JobRefusal.self) { try review(wire, models: models) }
        #expect(refused.reason == .invalidOffer)
    }

    @Test func `a good offer is taken with its terms`() throws {
        let accepted = try review(offer.wire)
        #expect(accepted.offer.jobID == offer.jobID)
        #expect(accepted.offer.maxOutputTokens == 500)
        #expect(accepted.request.model == TestOffer.model)
        #expect(accepted.requestID == "req_1")
    }

    @Test func `an offer that another gateway signed is invalid`() {
        var offer = offer
        offer.gateway = .generate()
        #expect(refusal(offer.wire) == .invalidOffer)
    }

    @Test func `an offer for another worker, payout address or share is invalid`() {
        var other = offer
        other.worker = Identity.generate().address
        #expect(refusal(other.wire) == .invalidOffer)
        other = offer
        other.payoutAddress = Identity.generate().address
        #expect(refusal(other.wire) == .invalidOffer)
        other = offer
        other.shareBPS = 100
        #expect(refusal(other.wire) == .invalidOffer)
    }

    @Test func `a body that is not the one of the offer is invalid`() {
        var wire = offer.wire
        wire.body = .init(Array(TestOffer.body(#""seed":1,"#).utf8))
        #expect(refusal(wire) == .invalidOffer)
    }

    @Test func `every changed byte of an offer makes it invalid`() {
        let good = offer.wire
        for place in stride(from: 0, to: good.offer.count, by: 41) {
            var wire = good
            var bytes = [UInt8](wire.offer)
            bytes[place] ^= 1
            wire.offer = .init(bytes)
            #expect(refusal(wire) == .invalidOffer, "byte \(place)")
        }
    }

    @Test func `a model that is not hosted is refused as such`() {
        var offer = offer
        offer.model = "another"
        #expect(refusal(offer.wire) == .modelUnavailable)
    }

    @Test func `too little time until the deadline is refused`() {
        var offer = offer
        offer.deadline = .milliseconds(5_900)
        #expect(refusal(offer.wire) == .tooLittleTime)
        offer.deadline = .milliseconds(6_000)
        #expect(refusal(offer.wire) == nil)
    }

    @Test func `a message that was under way for long has the time of the signed deadline`() {
        var offer = offer
        offer.deadline = .seconds(4)
        var wire = offer.wire
        wire.deadlineInMs = 60_000
        #expect(refusal(wire) == .tooLittleTime)
    }

    @Test func `a body over the session's limit is too large`() {
        var limits = SessionLimits()
        limits.bodyBytes = 16
        #expect(refusal(offer.wire, limits: limits) == .tooLarge)
    }

    @Test func `a prompt that cannot fit the context is too large`() throws {
        var offer = offer
        let text = String(repeating: "long ", count: 10_000)
        offer.body = Array(#"{"model":"tiny-chat","messages":[{"role":"user","content":"\#(text)"}]}"#.utf8)
        #expect(refusal(offer.wire) == .tooLarge)
        var wide = try models()
        var sections = wide.entries.map(\.section)
        sections[0].contextWindow = 4_096
        wide.configure(sections, totalSlots: nil)
        #expect(try review(offer.wire, models: wide).request.estimatedPromptTokens > 4_096)
        // The backend's own word is believed where it holds less than the file says.
        _ = wide.probed("scripted", BackendHealth(state: .healthy, contextWindow: 2_048))
        #expect(throws: JobRefusal.self) { try review(offer.wire, models: wide) }
    }

    @Test func `a job's size is its prompt and every output, but no more than its contexts`() throws {
        var offer = offer
        let small = JobSize(try review(offer.wire), contextWindow: 2_048)
        #expect(small.network == gateway.address)
        #expect((501..<560).contains(small.tokens))
        offer.body = Array(TestOffer.body(#""n":3,"#).utf8)
        offer.choices = 3
        let triple = JobSize(try review(offer.wire), contextWindow: 2_048)
        #expect(triple.tokens == small.tokens + 1_000)
        #expect(JobSize(try review(offer.wire), contextWindow: 400).tokens == 1_200)
    }

    @Test func `a request that the backend cannot serve is unsupported`() throws {
        var offer = offer
        offer.body = Array(TestOffer.body(#""logprobs":true,"#).utf8)
        #expect(refusal(offer.wire) == nil)
        var sections = try WorkerConfiguration.test().models
        sections[0].features = [.tools]
        #expect(throws: JobRefusal.self) { try review(offer.wire, models: ModelTable(sections)) }
    }

    @Test func `a request that cannot be read is unsupported and not quoted`() throws {
        var offer = offer
        offer.body = Array(#"{"model":"tiny-chat","messages":"secret-word"}"#.utf8)
        let refusal = #expect(throws: JobRefusal.self) { try review(offer.wire) }
        #expect(refusal?.reason == .unsupported)
        #expect(refusal?.message.contains("secret-word") == false)
    }
}
