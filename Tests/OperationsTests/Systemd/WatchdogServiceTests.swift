import Logging
import ServiceLifecycle
import Synchronization
import Testing

@testable import Operations

@Suite(.timeLimit(.minutes(1)))
struct WatchdogServiceTests {
    @Test func `a sign of life follows each probe, at half the interval`() async throws {
        try await withTemporaryFolder { folder in
            let receiver = try DatagramReceiver(address: "\(folder)/notify")
            let notifier = ServiceNotifier(
                environment: ["NOTIFY_SOCKET": "\(folder)/notify", "WATCHDOG_USEC": "10000000"]
            )
            let naps = Mutex<[Duration]>([])
            let watchdog = WatchdogService(
                notifier: notifier,
                probe: { #expect(receiver.receive() == nil, "the sign came before the probe") },
                sleep: { duration in
                    #expect(receiver.receive() == ["WATCHDOG=1"])
                    if naps.withLock({
                        $0.append(duration)
                        return $0.count
                    }) == 3 {
                        throw CancellationError()
                    }
                }
            )
            try await watchdog.run()
            #expect(naps.withLock { $0 } == [.seconds(5), .seconds(5), .seconds(5)])
        }
    }

    @Test func `without a watchdog it waits for the shutdown`() async throws {
        let watchdog = WatchdogService(
            notifier: ServiceNotifier(environment: [:]),
            probe: { Issue.record("probed without need") },
            sleep: { _ in Issue.record("slept without need") }
        )
        let group = ServiceGroup(
            services: [watchdog],
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        async let running: Void = group.run()
        await group.triggerGracefulShutdown()
        try await running
    }
}
