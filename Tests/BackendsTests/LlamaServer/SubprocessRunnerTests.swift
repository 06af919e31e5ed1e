import Glibc
import Synchronization
import TestSupport
import Testing

@testable import Backends

/// With real processes that live for a moment.
@Suite struct SubprocessRunnerTests {
    private let lines = Lines()

    @Test func `how a process ends and what it says is told`() async throws {
        #expect(try await run("echo out; echo err >&2; printf last; exit 7") == .exited(code: 7))
        #expect(lines.all.sorted() == ["err", "last", "out"])
        #expect(try await run("kill -9 $$") == .signaled(number: 9))
    }

    @Test func `a program that is not there ends with its reason`() async throws {
        let launch = ChildLaunch(command: ["/nonexistent"], environment: environment, stopWaits: [])
        let exit = try await SubprocessRunner().run(launch) { [lines] in lines.append($0) }
        #expect(exit != .exited(code: 0))
        #expect(lines.all.joined().contains("/nonexistent"))
    }

    @Test func `it gets the environment of the launch and nothing else`() async throws {
        _ = try await run("env")
        #expect(
            Set(lines.all).subtracting(["PWD=\(currentDirectory)", "SHLVL=0", "_=/usr/bin/env"]) == [
                "PATH=/usr/bin:/bin"
            ]
        )
    }

    @Test func `a process that heeds the first signal ends by it`() async throws {
        let exit = try await stop(
            "trap 'echo told; exit 5' TERM; echo up; while :; do sleep 0.05; done",
            waits: [.seconds(20)]
        )
        #expect(exit == .exited(code: 5))
        #expect(lines.all.contains("told"))
    }

    @Test func `a process that heeds the second signal gets it`() async throws {
        let script = "trap 'n=$((n+1)); [ $n = 2 ] && exit 6' TERM; echo up; while :; do sleep 0.05; done"
        #expect(try await stop(script, waits: [.milliseconds(300), .seconds(20)]) == .exited(code: 6))
    }

    @Test func `a process that heeds no signal is killed`() async throws {
        let script = "trap '' TERM; echo up; while :; do sleep 0.05; done"
        #expect(try await stop(script, waits: [.milliseconds(50), .milliseconds(50)]) == .signaled(number: 9))
    }

    @Test func `what a process started ends with it`() async throws {
        try await withTemporaryDirectory { directory in
            // The grandchild alone holds the pipe's write end, so the pipe hangs up when it is gone.
            #expect(mkfifo("\(directory)/pipe", 0o600) == 0)
            let pipe = open("\(directory)/pipe", O_RDONLY | O_NONBLOCK)
            defer { close(pipe) }
            let exit = try await run(
                """
                cd \(directory)
                sh -c 'exec > pipe; touch started; exec sleep 60' &
                while [ ! -e started ]; do :; done
                """
            )
            #expect(exit == .exited(code: 0))
            var state = pollfd(fd: pipe, events: Int16(POLLIN), revents: 0)
            #expect(poll(&state, 1, 5000) == 1, "the grandchild still lives")
            #expect(state.revents & Int16(POLLHUP) != 0)
        }
    }

    private let environment = ["PATH": "/usr/bin:/bin"]

    private var currentDirectory: String {
        lines.all.first { $0.hasPrefix("PWD=") }.map { String($0.dropFirst(4)) } ?? ""
    }

    private func run(_ script: String) async throws -> ChildExit {
        let launch = ChildLaunch(command: ["/bin/sh", "-c", script], environment: environment, stopWaits: [])
        return try await SubprocessRunner().run(launch) { [lines] in lines.append($0) }
    }

    /// Starts a script, cancels the task when it says something, and returns how it ended.
    private func stop(_ script: String, waits: [Duration]) async throws -> ChildExit {
        let launch = ChildLaunch(command: ["/bin/sh", "-c", script], environment: environment, stopWaits: waits)
        let up = Gate()
        let task = Task {
            try await SubprocessRunner().run(launch) { [lines] line in
                lines.append(line)
                up.open()
            }
        }
        try await up.waitUntilOpen()
        task.cancel()
        return try await task.value
    }

    private final class Lines: Sendable {
        private let lines = Mutex<[String]>([])

        var all: [String] { lines.withLock { $0 } }

        func append(_ line: ArraySlice<UInt8>) {
            lines.withLock { $0.append(String(decoding: line, as: UTF8.self)) }
        }
    }
}
