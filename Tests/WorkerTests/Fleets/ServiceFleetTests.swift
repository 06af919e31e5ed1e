import Logging
import Operations
import ServiceLifecycle
import Testing

@testable import Worker

@Suite(.timeLimit(.minutes(1)))
struct ServiceFleetTests {
    /// Tells when it begins and when it was shut down gracefully.
    private struct Example: Service {
        let name: String
        let report: AsyncStream<String>.Continuation
        var failure: CommandError?

        func run() async throws {
            report.yield("\(name) began")
            if let failure { throw failure }
            try? await gracefulShutdown()
            report.yield("\(name) ended")
        }
    }

    private let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    @Test func `services start before and while the fleet runs, and end with it`() async throws {
        let (events, report) = AsyncStream<String>.makeStream()
        let fleet = ServiceFleet()
        fleet.start(Example(name: "one", report: report))
        let group = ServiceGroup(services: [fleet], logger: quiet)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            var next = events.makeAsyncIterator()
            #expect(await next.next() == "one began")
            fleet.start(Example(name: "two", report: report))
            #expect(await next.next() == "two began")
            await group.triggerGracefulShutdown()
            let ended = [await next.next(), await next.next()]
            #expect(Set(ended) == ["one ended", "two ended"])
            try await tasks.waitForAll()
        }
    }

    @Test func `a service that fails raises the alarm and leaves the others to end in order`() async throws {
        let (events, report) = AsyncStream<String>.makeStream()
        let fleet = ServiceFleet()
        fleet.start(Example(name: "one", report: report))
        let group = ServiceGroup(
            configuration: .init(
                services: [fleet as any Service, fleet.alarm].map {
                    .init(
                        service: $0,
                        successTerminationBehavior: .gracefullyShutdownGroup,
                        failureTerminationBehavior: .gracefullyShutdownGroup
                    )
                },
                logger: quiet
            )
        )
        let error = await #expect(throws: CommandError.self) {
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await group.run() }
                var next = events.makeAsyncIterator()
                #expect(await next.next() == "one began")
                fleet.start(Example(name: "two", report: report, failure: CommandError(.usage, "broken")))
                #expect(await next.next() == "two began")
                #expect(await next.next() == "one ended")
                try await tasks.waitForAll()
            }
        }
        #expect(error?.message == "broken")
    }
}
