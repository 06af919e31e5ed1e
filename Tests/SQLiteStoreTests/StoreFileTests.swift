import Foundation
import GRDB
import SQLiteStore
import Testing

struct StoreFileTests {
    @Test func `a new database has the log, the sync, the checks and the mode of ours`() async throws {
        try await withTemporaryDirectory { directory in
            let path = directory + "/notes.sqlite"
            let pool = try StoreFile.open(path: path, schema: .first)
            let settings = try await pool.writeWithoutTransaction { database in
                try ["journal_mode", "synchronous", "foreign_keys", "trusted_schema", "user_version"].map { name in
                    try String.fetchOne(database, sql: "PRAGMA \(name)")
                }
            }
            #expect(settings == ["wal", "2", "1", "0", "1"])
            for suffix in ["", "-wal", "-shm"] {
                let attributes = try FileManager.default.attributesOfItem(atPath: path + suffix)
                #expect(attributes[.posixPermissions] as? Int == 0o640, "\(suffix)")
            }
            StoreFile.close(pool)
            #expect(FileManager.default.fileExists(atPath: path + "-wal"), "the log outlives the daemon")
        }
    }

    @Test func `an older database is migrated and keeps its rows`() async throws {
        try await withTemporaryDirectory { directory in
            let path = directory + "/notes.sqlite"
            let old = try StoreFile.open(path: path, schema: .first)
            try await old.write { try $0.run("INSERT INTO notes (text) VALUES ('kept')") }
            StoreFile.close(old)

            let error = #expect(throws: StoreError.self) { try StoreFile.openReadOnly(path: path, schema: .second) }
            #expect(error?.code == .olderVersion)

            let new = try StoreFile.open(path: path, schema: .second)
            let text = try await new.read { try String.fetchOne($0, sql: "SELECT text || tag FROM notes") }
            #expect(text == "keptnone")
        }
    }

    @Test func `a database of a newer version is refused and not altered`() async throws {
        try await withTemporaryDirectory { directory in
            let path = directory + "/notes.sqlite"
            StoreFile.close(try StoreFile.open(path: path, schema: .second))
            let before = try contents(of: directory).filter { !$0.key.hasSuffix("-shm") }

            let error = #expect(throws: StoreError.self) { try StoreFile.open(path: path, schema: .first) }
            #expect(error?.code == .newerVersion)
            #expect(error?.message.contains("has version 2, and this software knows 1") == true)
            let readError = #expect(throws: StoreError.self) { try StoreFile.openReadOnly(path: path, schema: .first) }
            #expect(readError?.code == .newerVersion)
            #expect(try contents(of: directory).filter { !$0.key.hasSuffix("-shm") } == before)
        }
    }

    @Test func `another program's database is refused`() async throws {
        try await withTemporaryDirectory { directory in
            let path = directory + "/notes.sqlite"
            StoreFile.close(try StoreFile.open(path: path, schema: .first))
            var other = StoreSchema.first
            other.applicationID += 1
            let error = #expect(throws: StoreError.self) { try StoreFile.open(path: path, schema: other) }
            #expect(error?.code == .wrongDatabase)
            #expect(error?.message.contains("it was not touched: move it away") == true)
        }
    }

    @Test func `a directory in the database's place is called one, and stays`() async throws {
        try await withTemporaryDirectory { directory in
            let path = directory + "/notes.sqlite"
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
            let error = #expect(throws: StoreError.self) { try StoreFile.open(path: path, schema: .first) }
            #expect(error?.code == .wrongDatabase)
            #expect(error?.message.hasPrefix("\(path): is a directory; a database belongs here: move it away") == true)
            let readError = #expect(throws: StoreError.self) { try StoreFile.openReadOnly(path: path, schema: .first) }
            #expect(readError?.message == error?.message)
            #expect(try FileManager.default.contentsOfDirectory(atPath: path).isEmpty)
        }
    }

    /// What can become of a file of some tens of pages of 4,096 bytes.
    enum Damage: CaseIterable {
        case overwrittenHeader, overwrittenSchema, overwrittenPage, zeroedHeader, zeroedPage, truncated,
            truncatedToAPage

        func inflict(on path: String) throws {
            let file = try #require(FileHandle(forUpdatingAtPath: path))
            func write(_ byte: UInt8, at offset: UInt64) throws {
                try file.seek(toOffset: offset)
                try file.write(contentsOf: Data(repeating: byte, count: 4_096))
            }
            switch self {
            case .overwrittenHeader: try write(0xA5, at: 0)
            case .overwrittenSchema: try write(0xA5, at: 100)
            case .overwrittenPage: try write(0xA5, at: 3 * 4_096)
            case .zeroedHeader: try write(0, at: 0)
            case .zeroedPage: try write(0, at: 3 * 4_096)
            case .truncated: try file.truncate(atOffset: try file.seekToEnd() - 5_000)
            case .truncatedToAPage: try file.truncate(atOffset: 4_096)
            }
            try file.close()
        }
    }

    @Test(arguments: Damage.allCases)
    func `a damaged database is reported and kept`(damage: Damage) async throws {
        try await withTemporaryDirectory { directory in
            let path = directory + "/notes.sqlite"
            let pool = try StoreFile.open(path: path, schema: .first)
            try await pool.write { database in
                for _ in 0..<1_000 { try database.run("INSERT INTO notes (text) VALUES (hex(randomblob(50)))") }
            }
            StoreFile.close(pool)
            try damage.inflict(on: path)
            let before = try contents(of: directory)[("notes.sqlite")]

            let error = #expect(throws: StoreError.self) { try StoreFile.open(path: path, schema: .first) }
            #expect(error?.code == .damaged)
            #expect(error?.message.hasPrefix("\(path): the database is damaged (") == true)
            #expect(error?.message.hasSuffix("it was left as it is: restore a backup, or move it away") == true)
            #expect(try contents(of: directory)[("notes.sqlite")] == before)
        }
    }

    @Test func `a reader sees what was committed, with the daemon up, down, and gone without its log`() async throws {
        try await withTemporaryDirectory { directory in
            let path = directory + "/notes.sqlite"
            func count() throws -> Int? {
                let reader = try StoreFile.openReadOnly(path: path, schema: .first)
                return try reader.read { try Int.fetchOne($0, sql: "SELECT COUNT(*) FROM notes") }
            }
            let pool = try StoreFile.open(path: path, schema: .first)
            try await pool.write { try $0.run("INSERT INTO notes (text) VALUES ('up')") }
            #expect(try count() == 1)
            StoreFile.close(pool)
            #expect(try count() == 1)
            for suffix in ["-wal", "-shm"] { try FileManager.default.removeItem(atPath: path + suffix) }
            #expect(try count() == 1)
            #expect(try contents(of: directory).keys.sorted() == ["notes.sqlite"], "reading makes no file")
        }
    }

    @Test func `a reader cannot write`() async throws {
        try await withTemporaryDirectory { directory in
            let path = directory + "/notes.sqlite"
            StoreFile.close(try StoreFile.open(path: path, schema: .first))
            let reader = try StoreFile.openReadOnly(path: path, schema: .first)
            await #expect(throws: DatabaseError.self) {
                try await reader.write { try $0.run("INSERT INTO notes (text) VALUES ('no')") }
            }
        }
    }

    @Test func `a path without a database, or without a directory, says so`() async throws {
        try await withTemporaryDirectory { directory in
            let missing = #expect(throws: StoreError.self) {
                try StoreFile.openReadOnly(path: directory + "/none.sqlite", schema: .first)
            }
            #expect(missing?.code == .missing)
            let unreachable = #expect(throws: StoreError.self) {
                try StoreFile.open(path: directory + "/none/notes.sqlite", schema: .first)
            }
            #expect(unreachable?.code == .permission)
        }
    }
}
