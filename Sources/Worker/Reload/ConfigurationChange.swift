import Operations

/// What a reload changed, and what it could not.
///
/// `POST /v1/reload` answers it; each line is for people.
package struct ConfigurationChange: Codable, Sendable, Equatable {
    /// What was applied: `model qwen3-8b: max_concurrent_jobs 8 → 4`.
    package var changes: [String]
    /// In what the file differs from the one that the daemon started with and that only a restart applies.
    package var needsRestart: [String]

    private enum CodingKeys: String, CodingKey {
        case changes
        case needsRestart = "needs_restart"
    }

    /// Sections of which every key is applied at once, and single keys of others.
    private static let liveSections: Set<String> = ["network", "backend", "model", "schedule", "log"]
    private static let liveWorkerKeys: Set<String> = [
        "name", "max_concurrent_jobs", "drain_timeout_seconds", "keep_jobs_days",
    ]

    /// - Parameters:
    ///   - start: The file that the daemon started with.
    ///   - current: The one that was applied last.
    ///   - next: The one to apply.
    init(start: ConfigurationFile, current: ConfigurationFile, next: ConfigurationFile) {
        changes = ConfigurationDifference.all(from: current, to: next).filter(Self.isLive).map(\.description)
        needsRestart = ConfigurationDifference.all(from: start, to: next).filter { !Self.isLive($0) }
            .map(\.description)
    }

    private static func isLive(_ difference: ConfigurationDifference) -> Bool {
        if difference.section == "worker", let key = difference.key { return liveWorkerKeys.contains(key) }
        return liveSections.contains(difference.section)
    }

    /// Adds the backends that are made anew although nothing in their sections changed.
    mutating func remade(_ backends: [String]) {
        for name in backends where !changes.contains(where: { $0.hasPrefix("backend \(name): ") }) {
            changes.append("backend \(name): made anew, for a changed key or changed slots and contexts of its models")
        }
    }

    /// As the command prints it.
    package var text: String {
        var lines = changes.isEmpty ? ["nothing changed"] : changes
        lines += needsRestart.map { "needs a restart: \($0)" }
        return lines.joined(separator: "\n") + "\n"
    }
}
