import AsyncHTTPClient
import Logging
import NIOCore
import NIOHTTP1
import ServiceLifecycle
import Synchronization
import Testing

@testable import Operations

struct MetricsListenerTests {
    private static let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    /// Runs a listener whose page counts how often it was rendered, and `body` with its port.
    private func withListener(_ body: @escaping @Sendable (Int) async throws -> Void) async throws {
        let (ports, listening) = AsyncStream.makeStream(of: Int.self)
        let rendered = Mutex(0)
        let listener = MetricsListener(
            host: "127.0.0.1",
            port: 0,
            page: {
                var page = MetricsPage(prefix: "test")
                page.counter(
                    "pages_total",
                    "Pages.",
                    [
                        .init(
                            rendered.withLock {
                                $0 += 1
                                return $0
                            }
                        )
                    ]
                )
                return page
            },
            logger: Self.silent,
            onListening: { listening.yield($0) }
        )
        let group = ServiceGroup(services: [listener], logger: Self.silent)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            for await port in ports {
                try await body(port)
                break
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    @Test func `the page is rendered for each request, and nothing else is served`() async throws {
        try await withListener { port in
            for number in 1...2 {
                let request = HTTPClientRequest(url: "http://127.0.0.1:\(port)/metrics")
                let response = try await HTTPClient.shared.execute(request, timeout: .seconds(10))
                #expect(response.status == .ok)
                #expect(response.headers.first(name: "content-type") == MetricsPage.contentType)
                let body = try await response.body.collect(upTo: 1 << 20)
                #expect(String(buffer: body).hasSuffix("test_pages_total \(number)\n"))
            }
            let other = HTTPClientRequest(url: "http://127.0.0.1:\(port)/v1/status")
            #expect(try await HTTPClient.shared.execute(other, timeout: .seconds(10)).status == .notFound)
        }
    }

    @Test func `a daemon goes on without its listener when the address is taken`() async throws {
        try await withListener { port in
            let second = MetricsListener(
                host: "127.0.0.1",
                port: port,
                page: { MetricsPage(prefix: "test") },
                logger: Self.silent,
                onListening: { _ in Issue.record("two listeners at one address") }
            )
            let group = ServiceGroup(services: [second], logger: Self.silent)
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await group.run() }
                await group.triggerGracefulShutdown()
                // Ends without an error: the service did not fail the group.
                try await tasks.waitForAll()
            }
        }
    }
}
