import Operations
package import WorkerStore

// What the local API and the command line show of the past; member names are `snake_case` on the wire.

/// One job, as `GET /v1/jobs/{id}` answers.
package struct JobReport: Codable, Sendable, Equatable {
    package var jobID: String
    /// The gateway's address.
    package var network: String
    package var model: String
    package var backend: String
    package var requestID: String
    package var status: String
    @OrNull package var promptTokens: Int?
    @OrNull package var completionTokens: Int?
    @OrNull package var usageSource: String?
    package var creditsLocked: Int
    /// What the caller was charged, once settled.
    @OrNull package var credits: Int?
    package var shareBPS: Int
    /// This worker's share of it.
    @OrNull package var microUSDC: Int?
    /// RFC 3339, in the network's time.
    package var acceptedAt: String
    @OrNull package var firstTokenAt: String?
    @OrNull package var finishedAt: String?
    @OrNull package var settledAt: String?
    package var escrowTx: String
    @OrNull package var settlementTx: String?
    @OrNull package var proofHash: String?
    @OrNull package var errorCode: String?
    @OrNull package var errorMessage: String?

    package init(_ record: JobRecord) {
        jobID = record.key.jobID
        network = record.key.network
        model = record.model
        backend = record.backend
        requestID = record.requestID
        status = record.status.rawValue
        promptTokens = record.promptTokens
        completionTokens = record.completionTokens
        usageSource = record.usageSource
        creditsLocked = record.creditsLocked
        credits = record.credits
        shareBPS = record.shareBasisPoints
        microUSDC = record.microUSDC
        acceptedAt = RFC3339.text(milliseconds: record.acceptedAt)
        firstTokenAt = record.firstTokenAt.map(RFC3339.text(milliseconds:))
        finishedAt = record.finishedAt.map(RFC3339.text(milliseconds:))
        settledAt = record.settledAt.map(RFC3339.text(milliseconds:))
        escrowTx = record.escrowTransaction
        settlementTx = record.settlementTransaction
        proofHash = record.proofHash
        errorCode = record.errorCode
        errorMessage = record.errorMessage
    }

    private enum CodingKeys: String, CodingKey {
        case network, model, backend, status, credits
        case jobID = "job_id"
        case requestID = "request_id"
        case promptTokens = "prompt_tokens"
        case completionTokens = "completion_tokens"
        case usageSource = "usage_source"
        case creditsLocked = "credits_locked"
        case shareBPS = "share_bps"
        case microUSDC = "micro_usdc"
        case acceptedAt = "accepted_at"
        case firstTokenAt = "first_token_at"
        case finishedAt = "finished_at"
        case settledAt = "settled_at"
        case escrowTx = "escrow_tx"
        case settlementTx = "settlement_tx"
        case proofHash = "proof_hash"
        case errorCode = "error_code"
        case errorMessage = "error_message"
    }
}

/// What `GET /v1/jobs` answers, the newest first.
package struct JobList: Codable, Sendable, Equatable {
    package var jobs: [JobReport]

    package init(_ records: [JobRecord]) {
        jobs = records.map(JobReport.init)
    }

    private enum CodingKeys: String, CodingKey {
        case jobs
    }
}

/// One payout.
package struct PayoutReport: Codable, Sendable, Equatable {
    /// The gateway's address.
    package var network: String
    package var sequence: Int
    package var jobID: String
    package var amountMicroUSDC: Int
    package var txSignature: String
    package var slot: Int
    package var state: String
    @OrNull package var note: String?
    /// RFC 3339, in the network's time.
    package var createdAt: String

    package init(_ record: PayoutRecord) {
        network = record.network
        sequence = record.sequence
        jobID = record.jobID
        amountMicroUSDC = record.amountMicroUSDC
        txSignature = record.transaction
        slot = record.slot
        state = record.state.rawValue
        note = record.note
        createdAt = RFC3339.text(milliseconds: record.createdAt)
    }

    private enum CodingKeys: String, CodingKey {
        case network, sequence, slot, state, note
        case jobID = "job_id"
        case amountMicroUSDC = "amount_micro_usdc"
        case txSignature = "tx_signature"
        case createdAt = "created_at"
    }
}

/// What `GET /v1/payouts` answers, the newest first.
package struct PayoutList: Codable, Sendable, Equatable {
    package var payouts: [PayoutReport]

    package init(_ records: [PayoutRecord]) {
        payouts = records.map(PayoutReport.init)
    }

    private enum CodingKeys: String, CodingKey {
        case payouts
    }
}

/// What `GET /v1/receipts/{job_id}` answers: the evidence of a job.
package struct EvidenceReport: Codable, Sendable, Equatable {
    package var network: String
    package var jobID: String
    /// `pending`, `accepted` or `refused`.
    package var state: String
    /// Why the network refused the receipt.
    @OrNull package var reason: String?
    /// The JSON text of each envelope, byte for byte.
    package var offer: String
    package var receipt: String
    @OrNull package var statement: String?

    package init(_ evidence: JobEvidence) {
        network = evidence.key.network
        jobID = evidence.key.jobID
        state = evidence.state.rawValue
        reason = evidence.reason
        offer = String(decoding: evidence.offer, as: UTF8.self)
        receipt = String(decoding: evidence.receipt, as: UTF8.self)
        statement = evidence.statement.map { String(decoding: $0, as: UTF8.self) }
    }

    private enum CodingKeys: String, CodingKey {
        case network, state, reason, offer, receipt, statement
        case jobID = "job_id"
    }
}
