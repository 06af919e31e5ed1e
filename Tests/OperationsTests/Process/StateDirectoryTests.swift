import Foundation
import Operations
import Testing

struct StateDirectoryTests {
    @Test func `missing folders are made, closed to others`() async throws {
        try await withTemporaryFolder { folder in
            let path = "\(folder)/a/b"
            try StateDirectory.prepare(path)
            try StateDirectory.prepare(path)
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect((mode ?? 0o777) & 0o027 == 0)
        }
    }

    @Test func `a file, or a folder that everyone can write, is refused`() async throws {
        try await withTemporaryFolder { folder in
            try write("", to: "\(folder)/file")
            let error = try #require(throws: CommandError.self) { try StateDirectory.prepare("\(folder)/file") }
            #expect(error.code == .usage)
            #expect(error.message.contains("not a directory"))
            try FileManager.default.createDirectory(atPath: "\(folder)/open", withIntermediateDirectories: false)
            #expect(chmod("\(folder)/open", 0o777) == 0)
            #expect(throws: CommandError.self) { try StateDirectory.prepare("\(folder)/open") }
        }
    }

    @Test func `another user's state directory is not written to`() async throws {
        try await withTemporaryFolder { folder in
            try StateDirectory.requireOwner(folder)
            // Only root can give a folder away; to anybody else the root folder is a stranger's.
            let foreign = geteuid() == 0 ? folder : "/"
            if geteuid() == 0 { try #require(chown(folder, 65_534, 65_534) == 0) }
            let error = try #require(throws: CommandError.self) { try StateDirectory.requireOwner(foreign) }
            #expect(error.code == .usage)
            #expect(error.hint?.contains("runuser -u ") == true)
        }
    }
}
