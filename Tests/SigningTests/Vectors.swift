import Foundation
import StrictJSON

@testable import Signing

/// The vectors beside the tests; `Vectors/README.md` says where each comes from.
enum Vectors {
    static let ed25519 = load("ed25519")
    static let solana = load("solana")

    /// A field that holds bytes in hexadecimal.
    static func bytes(_ vector: JSONValue, _ field: String) throws -> [UInt8] {
        try Hex.decode(vector[field]?.stringValue ?? "no such field")
    }

    private static func load(_ name: String) -> JSONValue {
        guard let url = Bundle.module.url(forResource: name, withExtension: "json", subdirectory: "Vectors"),
            let data = try? Data(contentsOf: url), let value = try? JSONValue(parsing: data)
        else { preconditionFailure("the vectors \(name).json are missing or damaged") }
        return value
    }
}

extension JSONValue {
    /// The elements at a path of keys; a wrong path must not pass as an empty list.
    func list(_ path: String...) -> [JSONValue] {
        let found = path.reduce(Optional(self)) { $0?[$1] }?.arrayValue
        guard let found else { preconditionFailure("the vectors have no list \(path)") }
        return found
    }

    func text(_ field: String) -> String {
        self[field]?.stringValue ?? ""
    }
}

/// Lends a directory that is removed afterwards.
func withTemporaryDirectory(_ body: (String) throws -> Void) throws {
    let directory = FileManager.default.temporaryDirectory.appendingPathComponent("signing-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    try body(directory)
}
