import Gateway
import Operations

/// A worker on the command line: everything that is known of it, under each other.
struct WorkerText {
    let text: String

    init(_ worker: WorkerDetails) {
        text =
            Self.head(worker).text + Self.models(worker.session?.models ?? []) + Self.reputation(worker.reputation)
            + Self.failures(worker.reputation?.failures ?? [])
    }

    private static func head(_ worker: WorkerDetails) -> FieldList {
        FieldList([
            "address": worker.address,
            "name": worker.name,
            "state": worker.state.rawValue,
            "banned": worker.ban.map { "since \($0.since): \($0.reason)" },
            "paused": worker.session?.pause.map { "\($0.cause): \($0.reason)" },
            "software": worker.software,
            "session": worker.session?.id,
            "connected": worker.session.map { HumanText.duration(.seconds($0.connectedSeconds)) },
            "payout_address": worker.session?.payoutAddress,
            "share": worker.session.map { "\($0.shareBPS) basis points" },
            "first_seen_at": worker.firstSeenAt,
            "last_seen_at": worker.lastSeenAt,
            "jobs_settled": String(worker.jobsSettled),
            "receipts_refused": String(worker.receiptsRefused),
        ])
    }

    private static func models(_ models: [WorkerDetails.Model]) -> String {
        models.map { model in
            let reason = model.reason.isEmpty ? "" : ": \(model.reason)"
            return SafeText.line(
                "model \(model.id): \(model.health)\(reason), \(model.inFlight) of \(model.slots) slots taken"
            ) + "\n"
        }.joined()
    }

    private static func reputation(_ reputation: ReputationDetails?) -> String {
        guard let reputation else { return "" }
        var fields = FieldList([
            "score": "\(reputation.score) of 1000",
            "completion": "\(reputation.completion) (completed \(reputation.completed), failed \(reputation.failed))",
            "time to first token": "\(reputation.timeToFirstToken) (500 is the median of the model's workers)",
            "proof": "\(reputation.proof) (receipts \(reputation.receiptsJudged), held \(reputation.receiptsHeld))",
            "uptime": "\(reputation.uptime)",
            "failures in a row": String(reputation.failuresInRow),
            "set_aside_until": reputation.setAsideUntil,
            "set_aside_reason": reputation.setAsideReason,
            "on trial": reputation.isOnTrial ? "one job at a time until one succeeds" : nil,
            "last hour": "\(reputation.offersLastHour) offers, \(reputation.refusalsLastHour) refused, "
                + "\(reputation.failuresLastHour) failed, \(reputation.settledLastHour) settled",
        ]).text
        for model in reputation.models {
            let times = model.p50MS.map { "first token after \($0) ms (p50), \(model.p95MS ?? $0) ms (p95)" }
            fields += SafeText.line("score for \(model.model): \(model.score), \(times ?? "no first token yet")") + "\n"
        }
        return fields
    }

    private static func failures(_ failures: [ReputationDetails.Failure]) -> String {
        failures.map { SafeText.line("failed \($0.at) \($0.jobID) \($0.model): \($0.fault)") + "\n" }.joined()
    }
}
