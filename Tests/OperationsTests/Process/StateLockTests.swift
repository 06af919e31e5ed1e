import Foundation
import Operations
import Testing

struct StateLockTests {
    @Test func `a second holder is refused and told who the first is`() async throws {
        try await withTemporaryFolder { folder in
            let first = try StateLock(directory: folder, program: "decentral-worker")
            let error = try #require(throws: CommandError.self) {
                _ = try StateLock(directory: folder, program: "decentral-worker")
            }
            #expect(error.code == .unreachable)
            #expect(error.message.contains("decentral-worker (process \(getpid())) holds it"))
            #expect(error.hint != nil)
            withExtendedLifetime(first) {}
        }
    }

    @Test func `the lock ends with its holder, and the file stays`() async throws {
        try await withTemporaryFolder { folder in
            do {
                let first = try StateLock(directory: folder, program: "first")
                withExtendedLifetime(first) {}
            }
            let second = try StateLock(directory: folder, program: "second")
            #expect(try String(contentsOfFile: "\(folder)/lock", encoding: .utf8) == "second \(getpid())\n")
            withExtendedLifetime(second) {}
        }
    }

    @Test func `a link in the place of the lock file is not followed`() async throws {
        try await withTemporaryFolder { folder in
            try write("precious", to: "\(folder)/precious")
            try FileManager.default.createSymbolicLink(
                atPath: "\(folder)/lock",
                withDestinationPath: "\(folder)/precious"
            )
            #expect(throws: CommandError.self) { _ = try StateLock(directory: folder, program: "x") }
            #expect(try String(contentsOfFile: "\(folder)/precious", encoding: .utf8) == "precious")
        }
    }

    @Test func `a child process does not inherit the lock`() async throws {
        try await withTemporaryFolder { folder in
            let lock = try StateLock(directory: folder, program: "x")
            let names = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")
            let descriptor = try #require(
                names.compactMap(Int32.init).first { number in
                    (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(number)"))
                        == "\(folder)/lock"
                }
            )
            #expect(fcntl(descriptor, F_GETFD) & FD_CLOEXEC != 0)
            withExtendedLifetime(lock) {}
        }
    }
}
