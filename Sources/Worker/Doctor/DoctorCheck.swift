import Dispatch

/// One thing that `doctor` looks at.
protocol DoctorCheck: Sendable {
    /// What it looks at, for the finding if it does not end in time.
    var name: String { get }

    /// How long it may take.
    var timeLimit: Duration { get }

    /// Looks, and says what it found; at least one finding, the most important first.
    func examine() async -> [DoctorFinding]
}

extension DoctorCheck {
    var timeLimit: Duration { .seconds(10) }
}

/// Runs what may block on a dead disk or name server without holding one of the few threads that tasks share.
func blocking<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
    await withCheckedContinuation { continuation in
        DispatchQueue.global().async { continuation.resume(returning: body()) }
    }
}
