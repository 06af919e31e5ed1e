import Foundation

/// A folder of a test's own, gone with the value that names it.
final class TemporaryDirectory: Sendable {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "worker-tests-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    var database: String { "\(path)/worker.sqlite" }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }
}
