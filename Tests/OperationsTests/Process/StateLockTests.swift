import Foundation
import Testing

@testable import Operations

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

    @Test func `who holds a lock is told without taking it`() async throws {
        try await withTemporaryFolder { folder in
            #expect(StateLock.holder(ofDirectory: folder) == nil)
            let lock = try StateLock(directory: folder, program: "test")
            #expect(StateLock.holder(ofDirectory: folder) == "test (process \(getpid()))")
            withExtendedLifetime(lock) {}
        }
    }

    @Test(arguments: [
        ("1: FLOCK  ADVISORY  WRITE 4711 fe:01:99 0 EOF", true),
        ("1: FLOCK  ADVISORY  WRITE 4711 fe:01:199 0 EOF", false),
        ("1: FLOCK  ADVISORY  READ 4711 fe:01:99 0 EOF", false),
        ("1: POSIX  ADVISORY  WRITE 4711 fe:01:99 0 EOF", false),
        ("", false), ("1: FLOCK", false),
    ])
    func `an exclusive lock is found by its inode`(locks: String, isLocked: Bool) {
        #expect(StateLock.isLocked(inode: 99, locks: "7: POSIX  ADVISORY  READ 1 00:01:5 0 EOF\n" + locks) == isLocked)
    }
}
