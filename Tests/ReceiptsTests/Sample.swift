import InferenceAPI
import Receipts
import Signing
import StrictJSON

/// One job with everything that is signed for it.
struct Sample {
    static let body = Array(#"{"model":"qwen3-8b","n":2,"messages":[{"role":"user","content":"Hello"}]}"#.utf8)
    static let nowMS: Int64 = 1_781_533_320_000

    let gateway: Identity
    let worker: Identity
    let payoutAddress: Address
    let jobID: JobID
    let escrowTx: Signature
    let output = [
        FinalChoice(index: 0, content: String(repeating: "word ", count: 1_300), finishReason: .length),
        FinalChoice(index: 1, content: "Hi", finishReason: .stop),
    ]

    init() throws {
        gateway = try Identity(seed: [UInt8](repeating: 1, count: 32))
        worker = try Identity(seed: [UInt8](repeating: 2, count: 32))
        payoutAddress = try Identity(seed: [UInt8](repeating: 3, count: 32)).address
        jobID = JobID(milliseconds: Self.nowMS, random: 42)
        escrowTx = gateway.sign(Array("lock".utf8))
    }

    /// Two choices of at most 1,500 tokens at the prices of the standard tier: 2 × 8 + 2,000 × 4 ÷ 1,000 = 24.
    var offer: Offer {
        Offer(
            jobID: jobID,
            network: gateway.address,
            worker: worker.address,
            payoutAddress: payoutAddress,
            model: "qwen3-8b",
            requestSHA256: Digest.sha256(Self.body),
            maxOutputTokens: 1_500,
            rule: ChargeRule(creditsPerRequest: 8, creditsPer1kTokens: 4, choices: 2),
            creditsLocked: 24,
            shareBPS: 7_500,
            nonce: [UInt8](repeating: 0xAB, count: 32),
            deadlineMS: Self.nowMS + 120_000,
            escrowTx: escrowTx
        )
    }

    var times: JobTimes {
        JobTimes(acceptedAtMS: Self.nowMS + 20, firstTokenAtMS: Self.nowMS + 400, finishedAtMS: Self.nowMS + 3_000)
    }

    /// 1,302 tokens: 302 beyond the 1,000 that the bases cover, so 2 credits on top of 16.
    var receipt: Receipt {
        Receipt(
            offer: offer,
            outputSHA256: OutputDigest.of(output),
            usage: TokenUsage(promptTokens: 12, completionTokens: 1_302, source: .backend),
            finishReasons: [.length, .stop],
            times: times
        )
    }

    var statement: LedgerEntry {
        get throws {
            LedgerEntry(
                network: gateway.address,
                sequence: 7,
                previous: Digest.sha256(Array("entry 6".utf8)),
                atMS: Self.nowMS + 3_050,
                event: .settle(
                    LedgerEntry.Settlement(
                        jobID: jobID,
                        proofHash: receipt.proofHash,
                        worker: worker.address,
                        payoutAddress: payoutAddress,
                        amounts: try SettlementAmounts(creditsLocked: 24, creditsCharged: 18, shareBPS: 7_500),
                        escrowTx: escrowTx
                    )
                )
            )
        }
    }

    /// A chain with one entry of every kind.
    var entries: [LedgerEntry] {
        get throws {
            let account = try Identity(seed: [UInt8](repeating: 4, count: 32)).address
            let events: [LedgerEntry.Event] = [
                .grant(LedgerEntry.Funding(account: account, credits: 500, reference: nil)),
                .deposit(LedgerEntry.Funding(account: account, credits: 100, reference: escrowTx.base58)),
                .lock(
                    LedgerEntry.Lock(
                        jobID: jobID,
                        account: account,
                        model: "qwen3-8b",
                        creditsLocked: 24,
                        creditsFromGranted: 20
                    )
                ),
                try statement.event,
                .refund(
                    LedgerEntry.Refund(jobID: jobID, creditsRefunded: 24, reason: "job_timeout", escrowTx: escrowTx)
                ),
            ]
            var previous: Digest?
            return events.enumerated().map { index, event in
                let entry = LedgerEntry(
                    network: gateway.address,
                    sequence: index + 1,
                    previous: previous,
                    atMS: Self.nowMS,
                    event: event
                )
                previous = entry.digest
                return entry
            }
        }
    }

    var receiptChecks: ReceiptChecks {
        ReceiptChecks(offer: offer, requestSHA256: Digest.sha256(Self.body), output: output, times: times)
    }
}

extension SignedDocument {
    /// The document with one member changed (removed where `value` is nil), signed by `identity` all the same.
    func resigned(_ name: String, _ value: JSONValue?, by identity: Identity) throws -> [UInt8] {
        var fields = fields
        fields[name] = value
        let payload = try CanonicalJSON.encode(.object(fields))
        return Envelope.sign(payload: payload, type: Self.payloadType, by: identity).encoded
    }
}
