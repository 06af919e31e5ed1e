import Operations
package import WorkerStore

// What the local API and the command line show of the past; member names are `snake_case` on the wire.

/// One job, as `GET /v1/jobs/{id}` answers.
package struct JobReport: Codable, Sendable, Equatable {
    package var jobId: String
    /// The gateway's address.
    package var network: String
    package var model: String
    package var backend: String
    package var requestId: String
    package var status: String
    package var promptTokens: Int?
    package var completionTokens: Int?
    package var usageSource: String?
    package var creditsLocked: Int
    /// What the caller was charged, once settled.
    package var credits: Int?
    package var shareBps: Int
    /// This worker's share of it.
    package var microUsdc: Int?
    /// RFC 3339, in the network's time.
    package var acceptedAt: String
    package var firstTokenAt: String?
    package var finishedAt: String?
    package var settledAt: String?
    package var escrowTx: String
    package var settlementTx: String?
    package var proofHash: String?
    package var errorCode: String?
    package var errorMessage: String?

    package init(_ record: JobRecord) {
        jobId = record.key.jobID
        network = record.key.network
        model = record.model
        backend = record.backend
        requestId = record.requestID
        status = record.status.rawValue
        promptTokens = record.promptTokens
        completionTokens = record.completionTokens
        usageSource = record.usageSource
        creditsLocked = record.creditsLocked
        credits = record.credits
        shareBps = record.shareBasisPoints
        microUsdc = record.microUSDC
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
}

/// What `GET /v1/jobs` answers, the newest first.
package struct JobList: Codable, Sendable, Equatable {
    package var jobs: [JobReport]

    package init(_ records: [JobRecord]) {
        jobs = records.map(JobReport.init)
    }
}

/// One payout.
package struct PayoutReport: Codable, Sendable, Equatable {
    /// The gateway's address.
    package var network: String
    package var sequence: Int
    package var jobId: String
    package var amountMicroUsdc: Int
    package var txSignature: String
    package var slot: Int
    package var state: String
    package var note: String?
    /// RFC 3339, in the network's time.
    package var createdAt: String

    package init(_ record: PayoutRecord) {
        network = record.network
        sequence = record.sequence
        jobId = record.jobID
        amountMicroUsdc = record.amountMicroUSDC
        txSignature = record.transaction
        slot = record.slot
        state = record.state.rawValue
        note = record.note
        createdAt = RFC3339.text(milliseconds: record.createdAt)
    }
}

/// What `GET /v1/payouts` answers, the newest first.
package struct PayoutList: Codable, Sendable, Equatable {
    package var payouts: [PayoutReport]

    package init(_ records: [PayoutRecord]) {
        payouts = records.map(PayoutReport.init)
    }
}

/// What `GET /v1/receipts/{job_id}` answers: the evidence of a job.
package struct EvidenceReport: Codable, Sendable, Equatable {
    package var network: String
    package var jobId: String
    /// `pending`, `accepted` or `refused`.
    package var state: String
    /// Why the network refused the receipt.
    package var reason: String?
    /// The JSON text of each envelope, byte for byte.
    package var offer: String
    package var receipt: String
    package var statement: String?

    package init(_ evidence: JobEvidence) {
        network = evidence.key.network
        jobId = evidence.key.jobID
        state = evidence.state.rawValue
        reason = evidence.reason
        offer = String(decoding: evidence.offer, as: UTF8.self)
        receipt = String(decoding: evidence.receipt, as: UTF8.self)
        statement = evidence.statement.map { String(decoding: $0, as: UTF8.self) }
    }
}
