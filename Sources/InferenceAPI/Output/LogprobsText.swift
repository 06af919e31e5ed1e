import StrictJSON

/// The `logprobs` objects of a choice's chunks, joined into one.
///
/// OpenAI's object holds up to two arrays, `content` and `refusal`, with one entry for each token; joining them
/// is joining the arrays. Entries are kept as JSON text and not looked into.
struct LogprobsText: Sendable {
    private var content: [UInt8] = []
    private var refusal: [UInt8] = []
    private var isPresent = false

    /// The joined object as JSON text; empty if nothing was joined.
    var text: [UInt8] {
        guard isPresent else { return [] }
        var out: [UInt8] = []
        out.reserveCapacity(content.count + refusal.count + 32)
        JSONText.append("{\"content\":", to: &out)
        Self.append(content, to: &out)
        JSONText.append(",\"refusal\":", to: &out)
        Self.append(refusal, to: &out)
        JSONText.append("}", to: &out)
        return out
    }

    /// Joins the object of one chunk.
    mutating func append(_ chunk: [UInt8]) throws(OutputError) {
        do {
            let object = try JSONValue(parsing: chunk)
            guard object.objectValue != nil else { throw Self.malformed }
            try Self.join(object["content"], to: &content)
            try Self.join(object["refusal"], to: &refusal)
            isPresent = true
        } catch {
            throw Self.malformed
        }
    }

    private static let malformed = OutputError(
        code: .malformedLogprobs,
        message: "logprobs are not an object of arrays"
    )

    private static func join(_ entries: JSONValue?, to joined: inout [UInt8]) throws(OutputError) {
        switch entries {
        case nil, .null: return
        case .array(let entries):
            for entry in entries {
                if !joined.isEmpty { joined.append(UInt8(ascii: ",")) }
                entry.encode(into: &joined)
            }
        default: throw malformed
        }
    }

    private static func append(_ joined: [UInt8], to out: inout [UInt8]) {
        if joined.isEmpty {
            JSONText.append("null", to: &out)
        } else {
            out.append(UInt8(ascii: "["))
            out.append(contentsOf: joined)
            out.append(UInt8(ascii: "]"))
        }
    }
}
