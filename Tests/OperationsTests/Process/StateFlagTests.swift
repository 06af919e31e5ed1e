import Foundation
import Operations
import Testing

struct StateFlagTests {
    private let folder: String

    init() throws {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("flag-\(UUID())")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        folder = url.path
    }

    @Test func `what was set is there for the next who asks, until it is taken back`() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let flag = StateFlag(directory: folder, name: "paused")
        #expect(!flag.isSet)
        try flag.set(true)
        try flag.set(true)
        #expect(StateFlag(directory: folder, name: "paused").isSet)
        try flag.set(false)
        try flag.set(false)
        #expect(!StateFlag(directory: folder, name: "paused").isSet)
    }

    @Test func `a directory that is not there is an error that names the file`() throws {
        try FileManager.default.removeItem(atPath: folder)
        let flag = StateFlag(directory: folder, name: "paused")
        let error = #expect(throws: CommandError.self) { try flag.set(true) }
        #expect(error?.message.contains("\(folder)/paused: No such file or directory") == true)
    }
}
