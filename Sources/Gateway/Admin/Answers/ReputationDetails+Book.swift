import Operations
import Signing

extension ReputationDetails {
    /// What a book says of a worker at its moment, `now` in Unix milliseconds; nil if it knows nothing of it.
    init?(_ address: Address, hosting hosted: Set<String>, in book: ReputationBook, at now: Int64) {
        guard let reputation = book.workers[address] else { return nil }
        let ids = hosted.union(reputation.latencies.keys)
        let parts = book.parts(of: address, models: ids, at: now)
        let verdict = book.verdict(on: address, at: now)
        func tenths(_ count: DecayingCount) -> Double { (count.value(at: now) * 10).rounded() / 10 }
        self.init(
            score: Int(UInt32(thousandths: parts.score)),
            completion: Int(UInt32(thousandths: parts.completion)),
            timeToFirstToken: Int(UInt32(thousandths: parts.timeToFirstToken)),
            proof: Int(UInt32(thousandths: parts.proof)),
            uptime: Int(UInt32(thousandths: parts.uptime)),
            models: ids.sorted().map { model in
                let samples = reputation.latencies[model]
                return ModelScore(
                    model: model,
                    score: Int(UInt32(thousandths: book.parts(of: address, models: [model], at: now).score)),
                    p50MS: samples?.p50,
                    p95MS: samples?.p95
                )
            },
            accepted: tenths(reputation.accepted),
            completed: tenths(reputation.completed),
            failed: tenths(reputation.failed),
            receiptsJudged: tenths(reputation.proofsJudged),
            receiptsHeld: tenths(reputation.proofsAccepted),
            failuresInRow: reputation.breaker.failuresInRow,
            setAsideUntil: nil,
            setAsideReason: nil,
            isOnTrial: verdict == .onTrial,
            offersLastHour: reputation.offersOfHour.values.reduce(0) { $0 + $1.count(at: now) },
            refusalsLastHour: reputation.refusalsOfHour.count(at: now),
            failuresLastHour: reputation.failuresOfHour.count(at: now),
            settledLastHour: reputation.settledOfHour.count(at: now),
            failures: reputation.failures.reversed().map {
                Failure(
                    at: RFC3339.text(milliseconds: $0.at),
                    jobID: $0.jobID,
                    model: $0.model,
                    fault: $0.fault.rawValue
                )
            }
        )
        if case .setAside(let until) = verdict {
            setAsideUntil = RFC3339.text(milliseconds: until)
            setAsideReason = reputation.breaker.reason
        }
    }
}
