import Logging
import SQLiteStore
import ServiceLifecycle

/// Looks for what would make jobs fail, every few seconds and at once when a commit fails, and tells what there is.
///
/// What there is, is ``FaultRules``' to say. A fault goes away by itself once its cause is gone.
final class FaultWatch: Service {
    /// What is looked at; each may be asked at any time, from any thread.
    struct Probes: Sendable {
        var diskSpace: @Sendable () -> DiskSpaceRule.Space?
        var descriptors: @Sendable () -> DescriptorRule.Use?
        var clockOffsets: @Sendable () -> [ClockRule.Offset]
        /// Tries to write, if the last commit failed; nil once it succeeds.
        var database: @Sendable () async -> StoreError?
    }

    /// Between two looks.
    static let interval: Duration = .seconds(5)

    private let probes: Probes
    private let clock: any Clock<Duration>
    private let logger: Logger
    private let onChange: @Sendable ([Fault]) -> Void
    private let hurries: AsyncStream<Void>
    private let hurry: AsyncStream<Void>.Continuation

    /// - Parameters:
    ///   - probes: What is looked at.
    ///   - clock: Measures the interval.
    ///   - logger: Hears of faults that come and go.
    ///   - onChange: Called with all faults whenever one comes, goes or changes its text.
    init(
        probes: Probes,
        clock: any Clock<Duration> = ContinuousClock(),
        logger: Logger,
        onChange: @escaping @Sendable ([Fault]) -> Void
    ) {
        self.probes = probes
        self.clock = clock
        self.logger = logger
        self.onChange = onChange
        // Of several hurries one look is enough.
        (hurries, hurry) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Looks again without waiting: a commit failed.
    func lookNow() {
        hurry.yield()
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                group.addTask { await self.keepTime() }
                await self.watch()
                group.cancelAll()
            }
        }
    }

    private func keepTime() async {
        repeat { hurry.yield() } while (try? await clock.sleep(for: Self.interval)) != nil
    }

    private func watch() async {
        var rules = FaultRules()
        var known: [Fault] = []
        for await _ in hurries {
            let faults = rules.measured(
                .init(
                    diskSpace: probes.diskSpace(),
                    descriptors: probes.descriptors(),
                    clockOffsets: probes.clockOffsets(),
                    database: await probes.database()
                )
            )
            guard faults != known else { continue }
            log(faults, known: known)
            known = faults
            onChange(faults)
        }
    }

    /// What came, got worse or better, and went; a figure that moves is for the status alone.
    private func log(_ faults: [Fault], known: [Fault]) {
        for fault in faults where !known.contains(where: { $0.name == fault.name && $0.stopsWork == fault.stopsWork }) {
            logger.log(
                level: fault.stopsWork ? .error : .warning,
                fault.stopsWork ? "a fault stops new work" : "a fault is near",
                metadata: ["fault": "\(fault.name)", "message": "\(fault.message)"]
            )
        }
        for fault in known where !faults.contains(where: { $0.name == fault.name }) {
            logger.notice("a fault is gone", metadata: ["fault": "\(fault.name)"])
        }
    }
}
