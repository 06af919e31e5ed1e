import GatewayStore
import Operations
import Signing

// From rows to what an operator reads: times in RFC 3339, addresses and digests as texts.

extension AccountDetails {
    init(_ record: AccountRecord) {
        self.init(
            wallet: record.wallet,
            createdAt: RFC3339.text(milliseconds: record.createdAt),
            credits: Credits(
                available: record.balance.available,
                granted: record.balance.granted,
                deposited: record.balance.deposited,
                locked: record.balance.locked,
                spent: record.balance.spent
            )
        )
    }
}

extension LedgerReport {
    init(_ audit: LedgerAudit, signer: Address) {
        self.init(
            signer: signer.description,
            entryCount: audit.entryCount,
            findingCount: audit.findingCount,
            findings: audit.findings.map { Finding(sequence: $0.sequence, message: $0.message) }
        )
    }
}

extension KeyDetails {
    init(_ key: APIKey) {
        self.init(
            id: key.keyID,
            wallet: key.wallet.description,
            name: key.name,
            kind: key.kind.rawValue,
            createdAt: RFC3339.text(milliseconds: key.createdAt),
            expiresAt: key.expiresAt.map { RFC3339.text(milliseconds: $0) },
            revokedAt: key.revokedAt.map { RFC3339.text(milliseconds: $0) }
        )
    }
}

extension JobDetails {
    init(_ record: JobRecord) {
        self.init(
            jobID: record.jobID,
            status: record.status.rawValue,
            wallet: record.wallet,
            keyID: record.keyID,
            requestID: record.requestID,
            model: record.model,
            tier: record.tier,
            worker: record.worker,
            payoutAddress: record.payoutAddress,
            creditsLocked: record.creditsLocked,
            creditsCharged: record.creditsCharged,
            creditsRefunded: record.creditsRefunded,
            workerMicroUSDC: record.workerMicroUSDC,
            treasuryMicroUSDC: record.treasuryMicroUSDC,
            promptTokens: record.promptTokens,
            completionTokens: record.completionTokens,
            usageSource: record.usageSource,
            createdAt: RFC3339.text(milliseconds: record.createdAt),
            deadline: RFC3339.text(milliseconds: record.deadline),
            acceptedAt: record.acceptedAt.map { RFC3339.text(milliseconds: $0) },
            completedAt: record.completedAt.map { RFC3339.text(milliseconds: $0) },
            cancelledAt: record.cancelledAt.map { RFC3339.text(milliseconds: $0) },
            timeToFirstTokenMS: record.timeToFirstTokenMS,
            requestSHA256: record.requestSHA256,
            proofHash: record.proofHash,
            escrowTx: record.escrowTx,
            settlementTx: record.settlementTx,
            slot: record.slot,
            errorCode: record.errorCode,
            errorMessage: record.errorMessage,
            isTest: record.isTest
        )
    }
}

extension WorkerDetails {
    /// Joins what the records know of a worker and its session, of which at least one is there.
    init(
        address: String,
        record: WorkerRecord?,
        live: LiveWorker?,
        reputation: ReputationDetails?,
        ban: BanRecord?,
        now: ContinuousClock.Instant
    ) {
        self.init(
            address: address,
            // The session's own words are newer than the records'.
            name: live?.name ?? record?.name ?? "",
            software: live?.software ?? record?.software ?? "",
            state: State(live),
            session: live.map { Session($0, now: now) },
            firstSeenAt: record.map { RFC3339.text(milliseconds: $0.firstSeenAt) },
            lastSeenAt: record.map { RFC3339.text(milliseconds: $0.lastSeenAt) },
            jobsSettled: record?.jobsSettled ?? 0,
            receiptsRefused: record?.receiptsRefused ?? 0,
            reputation: reputation,
            ban: ban.map { Ban(since: RFC3339.text(milliseconds: $0.bannedAt), reason: $0.reason) }
        )
    }
}

extension WorkerDetails.State {
    fileprivate init(_ live: LiveWorker?) {
        guard let live else {
            self = .offline
            return
        }
        self = live.isDraining ? .draining : live.pause != nil ? .paused : .ready
    }
}

extension WorkerDetails.Session {
    fileprivate init(_ live: LiveWorker, now: ContinuousClock.Instant) {
        self.init(
            id: live.sessionID,
            connectedSeconds: Int((now - live.since).components.seconds),
            payoutAddress: live.payoutAddress.description,
            shareBPS: live.shareBasisPoints,
            pause: live.pause.map { WorkerDetails.Pause(cause: $0.cause.rawValue, reason: $0.reason) },
            models: live.models.sorted { $0.key < $1.key }.map { WorkerDetails.Model($0, $1) }
        )
    }
}

extension WorkerDetails.Model {
    fileprivate init(_ id: String, _ hosted: LiveWorker.HostedModel) {
        self.init(
            id: id,
            slots: hosted.slots,
            inFlight: hosted.inFlight,
            contextWindow: hosted.contextWindow,
            features: hosted.features.map(\.rawValue).sorted(),
            isHealthy: hosted.health == .healthy,
            health: hosted.health.rawValue,
            reason: hosted.reason
        )
    }
}
