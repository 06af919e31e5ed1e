package import Foundation

/// The JSON of the local APIs: keys in a fixed order, the same rules at both ends.
///
/// Keys are `snake_case` and stand in each type's `CodingKeys`: they are promises to other people's scripts, and
/// Foundation's conversion does not come back from `job_id` to `jobID`.
///
/// These answers are small and rare, so Foundation's coders serve; nothing on a job's path uses them.
package enum LocalJSON {
    /// For answers: compact.
    package static func encode(_ value: some Encodable) throws -> Data {
        try self.encoder([.sortedKeys, .withoutEscapingSlashes]).encode(value)
    }

    /// For people who passed `--json`: indented.
    package static func encodePretty(_ value: some Encodable) throws -> Data {
        try self.encoder([.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]).encode(value)
    }

    package static func decode<Value: Decodable>(_ type: Value.Type = Value.self, from data: Data) throws -> Value {
        try JSONDecoder().decode(type, from: data)
    }

    private static func encoder(_ formatting: JSONEncoder.OutputFormatting) -> JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = formatting
        return encoder
    }
}
