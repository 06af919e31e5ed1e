import Operations
import WorkerStore

/// What has happened to offers and jobs since the start, as a value; sums never go down.
struct JobTally: Sendable, Equatable {
    /// What is counted for each model.
    struct OfModel: Sendable, Equatable {
        var accepted = 0
        var finished = 0
        /// By the code of the failure or of the cancellation.
        var lost: [String: Int] = [:]
        var promptTokens = 0
        var completionTokens = 0
        /// From acceptance to the first token; a job without output is not in it.
        var timeToFirstToken = Histogram(bounds: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60])
        /// From acceptance to the backend's end.
        var duration = Histogram(bounds: [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120])
    }

    /// Offers that came, whatever became of them.
    private(set) var offers = 0
    /// Refused offers, by reason.
    private(set) var refused: [String: Int] = [:]
    private(set) var models: [String: OfModel] = [:]

    /// Takes note of what is not counted from the database.
    mutating func record(_ event: JobEvent) {
        switch event.kind {
        case .offered:
            offers += 1
        case .refused(let reason):
            refused[reason, default: 0] += 1
        case .accepted:
            update(event.model) { $0.accepted += 1 }
        case .lost(let code):
            update(event.model) { $0.lost[code, default: 0] += 1 }
        case .finished, .settled, .unpaid:
            break
        }
    }

    private mutating func update(_ model: String?, _ change: (inout OfModel) -> Void) {
        guard let model else { return }
        change(&models[model, default: OfModel()])
    }

    /// A job's receipt is on disk.
    mutating func finished(_ job: FinishedJob) {
        var tally = models[job.job.model, default: OfModel()]
        tally.finished += 1
        tally.promptTokens += job.promptTokens
        tally.completionTokens += job.completionTokens
        let accepted = job.job.acceptedAt
        if let first = job.firstTokenAt { tally.timeToFirstToken.observe(Double(first - accepted) / 1_000) }
        tally.duration.observe(Double(job.finishedAt - accepted) / 1_000)
        models[job.job.model] = tally
    }
}
