import Foundation
import GatewayStore
import InferenceAPI
import Logging
import Receipts
import Signing
import Webhooks

/// The people of a test: a gateway, a worker and two wallets, and what they do.
struct GatewayFixture: Sendable {
    let directory: String
    let gateway = Identity.generate()
    let worker = Identity.generate()
    let wallet = Identity.generate().address
    let otherWallet = Identity.generate().address
    let payoutAddress = Identity.generate().address

    var path: String { directory + "/gateway.sqlite" }

    /// Opens the store; `pause` is called where a commit is about to be tried again.
    func open(
        path: String? = nil,
        startedAt milliseconds: Int64 = 0,
        pause: @escaping @Sendable (Duration) async -> Void = { _ in }
    ) async throws -> GatewayStore {
        try await GatewayStore(
            path: path ?? self.path,
            identity: gateway,
            startedAt: milliseconds,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            webhookBody: Self.body,
            pause: pause
        )
    }

    /// A message in few words, as `job.completed at 51: job_… settled` or `credit.low at 51: 90 of 92`.
    static func body(_ message: WebhookMessage) -> [UInt8] {
        let subject =
            switch message.subject {
            case .job(let job): "\(job.jobID) \(job.status.rawValue)"
            case .account(let account): "\(account.balance.available) available, \(account.balance.locked) locked"
            }
        return Array("\(message.event.rawValue) at \(message.at): \(subject)".utf8)
    }

    /// A job of one choice that locks 10 credits: 8, and 4 for each 1,000 of the 500 tokens beyond the first 500.
    func job(_ number: Int, wallet: Address? = nil, maxOutputTokens: Int = 1_000) -> NewJob {
        NewJob(
            jobID: Self.jobID(number),
            wallet: wallet ?? self.wallet,
            keyID: "key_a",
            requestID: "request-\(number)",
            model: "tiny-chat",
            tier: "standard",
            rule: ChargeRule(creditsPerRequest: 8, creditsPer1kTokens: 4, choices: 1),
            maxOutputTokens: maxOutputTokens,
            requestSHA256: Digest.sha256([UInt8(truncatingIfNeeded: number)]),
            createdAt: Int64(number),
            deadline: Int64(number) + 120_000
        )
    }

    static func jobID(_ number: Int) -> JobID { JobID(milliseconds: Int64(number), random: 7) }

    func acceptance(of number: Int) -> JobAcceptance {
        JobAcceptance(
            jobID: Self.jobID(number),
            worker: worker.address,
            payoutAddress: payoutAddress,
            shareBPS: 7_500,
            nonce: Array(repeating: 1, count: 32),
            at: Int64(number) + 1
        )
    }

    /// The settlement of a job with a receipt that the worker really signed, and blanks after it that fill the disk.
    func settlement(
        of number: Int,
        by worker: Identity? = nil,
        completionTokens: Int = 100,
        shareBPS: Int = 7_500,
        padding: Int = 0
    ) -> JobSettlement {
        let worker = worker ?? self.worker
        let usage = TokenUsage(promptTokens: 5, completionTokens: completionTokens, source: .backend)
        let receipt = Receipt(
            jobID: Self.jobID(number),
            network: gateway.address,
            worker: worker.address,
            payoutAddress: payoutAddress,
            model: "tiny-chat",
            nonce: Array(repeating: 1, count: 32),
            requestSHA256: Digest.sha256([UInt8(truncatingIfNeeded: number)]),
            outputSHA256: Digest.sha256([]),
            usage: usage,
            finishReasons: [.stop],
            times: JobTimes(acceptedAtMS: 1, firstTokenAtMS: 2, finishedAtMS: 3)
        )
        return JobSettlement(
            jobID: Self.jobID(number),
            worker: worker.address,
            payoutAddress: payoutAddress,
            shareBPS: shareBPS,
            receipt: receipt.sign(by: worker).encoded + Array(repeating: UInt8(ascii: " "), count: padding),
            proofHash: receipt.proofHash,
            usage: usage,
            timeToFirstTokenMS: 40,
            completedAt: Int64(number) + 50
        )
    }

    func refund(of number: Int, status: JobRefund.Status = .refunded, code: String = "job_timeout") -> JobRefund {
        JobRefund(
            jobID: Self.jobID(number),
            status: status,
            errorCode: code,
            message: "no proof in time",
            at: Int64(number) + 60
        )
    }

    func refusal(of number: Int, reason: String = "output_mismatch") -> RefusedReceipt {
        RefusedReceipt(
            jobID: Self.jobID(number),
            worker: worker.address,
            reason: reason,
            message: "it differs",
            receipt: nil,
            at: Int64(number) + 55
        )
    }

    /// What an audit of the database finds.
    func audit(path: String? = nil) async throws -> LedgerAudit {
        try await LedgerAudit.verify(GatewayHistory(path: path ?? self.path), signer: gateway.address)
    }
}

func withFixture(_ body: (GatewayFixture) async throws -> Void) async throws {
    try await withTemporaryDirectory { try await body(GatewayFixture(directory: $0)) }
}

/// A store whose wallet has 100 granted credits.
func withFundedStore(_ body: (GatewayFixture, GatewayStore) async throws -> Void) async throws {
    try await withFixture { fixture in
        let store = try await fixture.open()
        _ = try await store.ledger.grant(100, to: fixture.wallet, at: 0)
        try await body(fixture, store)
        await store.shutDown()
    }
}
