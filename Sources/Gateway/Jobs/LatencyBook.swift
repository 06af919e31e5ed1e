import Synchronization

/// The times to first token of the last hour, model by model.
///
/// In memory, so that listing the models costs no query; after a restart it begins with the median that the database
/// has.
final class LatencyBook: Sendable {
    /// Samples kept for a model: enough for a median, and a bound.
    static let samplesPerModel = 1024
    static let span: Int64 = 3_600_000

    private struct Sample {
        var atMilliseconds: Int64
        var latency: Int
    }

    private let samples = Mutex<[String: [Sample]]>([:])

    /// Notes one time to first token, in milliseconds.
    func note(_ latency: Int, model: String, atMilliseconds now: Int64) {
        samples.withLock { samples in
            var ofModel = samples[model, default: []]
            if ofModel.count >= Self.samplesPerModel { ofModel.removeFirst(Self.samplesPerModel / 2) }
            ofModel.append(Sample(atMilliseconds: now, latency: latency))
            samples[model] = ofModel
        }
    }

    /// The median over the last hour; `nil` before the first job.
    func median(of model: String, atMilliseconds now: Int64) -> Int? {
        let recent = samples.withLock { samples in
            samples[model]?.filter { now - $0.atMilliseconds <= Self.span }.map(\.latency)
        }
        guard let sorted = recent?.sorted(), !sorted.isEmpty else { return nil }
        return sorted[sorted.count / 2]
    }
}
