/// Runs checks at the same time and puts their findings in order.
struct Doctor: Sendable {
    let checks: [any DoctorCheck]
    let clock: any Clock<Duration>

    init(checks: [any DoctorCheck], clock: any Clock<Duration> = ContinuousClock()) {
        self.checks = checks
        self.clock = clock
    }

    /// Never throws and never takes longer than the longest time limit: what does not answer is a finding.
    func examine() async -> DoctorReport {
        let findings = await withTaskGroup(of: (Int, [DoctorFinding]).self) { group in
            for (place, check) in checks.enumerated() {
                group.addTask { (place, await examine(check)) }
            }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        return DoctorReport(checks.indices.flatMap { findings[$0] ?? [] })
    }

    /// Tasks of their own, because a task group would wait for a check that hangs in a system call.
    private func examine(_ check: any DoctorCheck) async -> [DoctorFinding] {
        // Two elements at most; the first counts.
        let (answers, told) = AsyncStream.makeStream(of: [DoctorFinding].self)
        let work = Task { told.yield(await check.examine()) }
        let limit = Task {
            guard (try? await clock.sleep(for: check.timeLimit)) != nil else { return }
            let finding = DoctorFinding.fault(
                check.name,
                "no answer within \(check.timeLimit.components.seconds) s",
                remedy: "see what hangs: a network file system, a driver, a name server; then run doctor again"
            )
            told.yield([finding])
        }
        defer {
            work.cancel()
            limit.cancel()
        }
        for await findings in answers { return findings }
        return []
    }
}
