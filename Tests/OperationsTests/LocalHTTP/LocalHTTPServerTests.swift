import Foundation
import Hummingbird
import Logging
import Operations
import ServiceLifecycle
import Synchronization
import Testing

struct LocalHTTPServerTests {
    private struct Answer: Codable, Equatable {
        var jobID: String
        var userID: UInt32
        var mayWrite: Bool

        private enum CodingKeys: String, CodingKey {
            case jobID = "job_id"
            case userID = "user_id"
            case mayWrite = "may_write"
        }
    }

    private static func router() -> Router<LocalRequestContext> {
        let router = Router(context: LocalRequestContext.self)
        router.get("/v1/who") { _, context in
            try Response.localJSON(
                Answer(jobID: "job_1", userID: context.peer?.userID ?? .max, mayWrite: context.canWrite)
            )
        }
        router.post("/v1/pause") { _, _ in
            try Response.localJSON(["state": "paused"])
        }
        router.get("/v1/broken") { _, _ -> String in
            throw CommandError(.failed, "a secret of the inside")
        }
        router.get("/v1/typed") { _, _ -> String in
            throw LocalAPIError(.conflict, code: "busy", message: "busy with something", hint: "wait")
        }
        return router
    }

    /// Runs a server on a socket in a new folder, `body` once it listens, then shuts it down gracefully.
    private func withServer(
        operatorGroup: OperatorGroup? = nil,
        _ body: @escaping @Sendable (LocalHTTPClient, String) async throws -> Void
    ) async throws {
        try await withTemporaryFolder { folder in
            // Others may pass through, as through /run; the socket's own folder is the server's to close.
            try #require(chmod(folder, 0o711) == 0)
            let lock = try StateLock(directory: folder, program: "test")
            let socket = "\(folder)/run/test.sock"
            let (listening, continuation) = AsyncStream.makeStream(of: Void.self)
            let server = LocalHTTPServer(
                configuration: .init(socket: socket, operatorGroup: operatorGroup),
                lock: lock,
                router: Self.router(),
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
                onListening: { continuation.finish() }
            )
            let group = ServiceGroup(
                services: [server],
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            )
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask {
                    // Should the server end before it listens, the test must not wait for it.
                    defer { continuation.finish() }
                    try await group.run()
                }
                for await _ in listening {}
                try await body(LocalHTTPClient(socket: socket, daemon: "test-daemon"), socket)
                await group.triggerGracefulShutdown()
                try await tasks.waitForAll()
            }
            #expect(!FileManager.default.fileExists(atPath: socket), "the socket file outlived its server")
        }
    }

    @Test func `a caller on the socket is known by the kernel's word`() async throws {
        try await self.withServer { client, _ in
            let answer: Answer = try await client.get("/v1/who")
            #expect(answer == Answer(jobID: "job_1", userID: geteuid(), mayWrite: true))
            let text = String(decoding: try await client.getData("/v1/who"), as: UTF8.self)
            #expect(text.hasPrefix(#"{"job_id":"job_1","may_write":true,"#))
        }
    }

    @Test func `a daemon is up while it listens, and down afterwards`() async throws {
        let sockets = Mutex<[String]>([])
        try await self.withServer { client, socket in
            let isUp = try client.isDaemonUp()
            #expect(isUp)
            sockets.withLock { $0.append(socket) }
        }
        let socket = try #require(sockets.withLock { $0.first })
        let isUp = try LocalHTTPClient(socket: socket, daemon: "test-daemon").isDaemonUp()
        #expect(!isUp)
    }

    @Test func `the daemon's own user may write`() async throws {
        try await self.withServer { client, _ in
            let answer: [String: String] = try await client.post("/v1/pause")
            #expect(answer == ["state": "paused"])
        }
    }

    @Test(.enabled(if: geteuid() == 0, "only root can become somebody else"))
    func `a member of the operator group by a supplementary group writes, a stranger does not get in`() async throws {
        try await self.withServer(operatorGroup: OperatorGroup(name: "adm", id: 4)) { _, socket in
            let request = [
                "curl", "-s", "-w", " %{http_code}", "--unix-socket", socket, "-X", "POST", "http://x/v1/pause",
            ]
            let nobody = ["setpriv", "--reuid=65534", "--regid=65534"]
            let member = try await self.output(of: nobody + ["--groups=4"] + request)
            #expect(member == #"{"state":"paused"} 200"#)
            let stranger = try await self.output(of: nobody + ["--clear-groups"] + request)
            #expect(stranger == " 000")
        }
    }

    @Test func `the socket is closed to others, in a closed folder`() async throws {
        try await self.withServer { _, socket in
            var status = stat()
            #expect(stat(socket, &status) == 0)
            #expect(status.st_mode & 0o777 == 0o600)
            let folder = socket.replacing("/test.sock", with: "")
            #expect(stat(folder, &status) == 0)
            #expect(status.st_mode & 0o027 == 0)
        }
    }

    @Test func `errors arrive in the daemon's words, and its inside stays inside`() async throws {
        try await self.withServer { client, _ in
            let typed = try #require(await self.failure { try await client.post("/v1/none") })
            #expect(typed.message == "there is no /v1/none here")
            let conflict = try #require(await self.failure { _ = try await client.getData("/v1/typed") })
            #expect(conflict.message == "busy with something")
            #expect(conflict.hint == "wait")
            #expect(conflict.code == .failed)
            let broken = try #require(await self.failure { _ = try await client.getData("/v1/broken") })
            #expect(!broken.message.contains("secret"))
        }
    }

    @Test func `an answer in a form that is not known says so`() async throws {
        try await self.withServer { client, _ in
            let error = try #require(await self.failure { let _: [Int] = try await client.get("/v1/who") })
            #expect(error.hint?.contains("restart the daemon after an upgrade") == true)
        }
    }

    @Test func `a socket that somebody answers on is not taken over`() async throws {
        try await self.withServer { client, socket in
            try await withTemporaryFolder { folder in
                let second = LocalHTTPServer(
                    configuration: .init(socket: socket, operatorGroup: nil),
                    lock: try StateLock(directory: folder, program: "test"),
                    router: Self.router(),
                    logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
                )
                let error = try #require(await self.failure { try await second.run() })
                #expect(error.code == .unreachable)
                #expect(error.message == "another daemon listens on \(socket)")
            }
            let _: Answer = try await client.get("/v1/who")
        }
    }

    @Test func `a socket file that nobody answers on is replaced`() async throws {
        try await withTemporaryFolder { folder in
            let socket = "\(folder)/run/test.sock"
            try FileManager.default.createDirectory(atPath: "\(folder)/run", withIntermediateDirectories: false)
            try bindAndClose(socket)
            #expect(FileManager.default.fileExists(atPath: socket))
            let client = LocalHTTPClient(socket: socket, daemon: "test-daemon")
            let error = try #require(await self.failure { try await client.post("/") })
            #expect(error.message == "test-daemon is not running: nobody listens on \(socket)")
        }
    }

    @Test func `a file that is no socket is left alone`() async throws {
        try await withTemporaryFolder { folder in
            let path = "\(folder)/precious"
            try write("precious", to: path)
            let server = LocalHTTPServer(
                configuration: .init(socket: path, operatorGroup: nil),
                lock: try StateLock(directory: folder, program: "test"),
                router: Self.router(),
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            )
            let error = try #require(await self.failure { try await server.run() })
            #expect(error.message.hasPrefix("cannot listen on the socket \(path)"))
            #expect(try String(contentsOfFile: path, encoding: .utf8) == "precious")
        }
    }

    @Test func `a daemon that is not there is named with path and remedy`() async throws {
        let client = LocalHTTPClient(socket: "/nowhere/x.sock", daemon: "decentral-worker")
        let error = try #require(await self.failure { try await client.post("/v1/pause") })
        #expect(error.code == .unreachable)
        #expect(error.message == "decentral-worker is not running: there is no socket at /nowhere/x.sock")
        #expect(error.hint?.contains("systemctl start decentral-worker") == true)
    }

    @Test func `a path that cannot be a socket's is refused with the reason`() async throws {
        try await withTemporaryFolder { folder in
            let server = LocalHTTPServer(
                configuration: .init(
                    socket: "\(folder)/\(String(repeating: "x", count: 100))",
                    operatorGroup: nil
                ),
                lock: try StateLock(directory: folder, program: "test"),
                router: Self.router(),
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            )
            let error = try #require(await self.failure { try await server.run() })
            #expect(error.code == .usage)
            #expect(error.message.contains("at most 107 bytes"))
        }
    }

    /// What a command prints.
    private func output(of command: [String]) async throws -> String {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = command
        process.standardOutput = pipe
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            process.terminationHandler = { _ in continuation.resume() }
            do {
                try process.run()
            } catch {
                continuation.resume(throwing: error)
            }
        }
        return String(decoding: try pipe.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    }

    /// The command error that `body` throws; `nil` if it throws none.
    private func failure(_ body: () async throws -> Void) async -> CommandError? {
        do {
            try await body()
            return nil
        } catch {
            return error as? CommandError
        }
    }

    private func bindAndClose(_ path: String) throws {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let status = withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        try #require(status == 0)
    }
}
