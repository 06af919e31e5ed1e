import StrictJSON

/// The `logprobs` objects of a choice's chunks, joined into one.
///
/// OpenAI's object holds arrays with one entry for each token, `content` and `refusal` in a chat, four others in a
/// completion; joining them is joining the arrays. Entries are kept as JSON text and not looked into.
struct LogprobsText: Sendable {
    private let form: OutputForm
    /// For each key of the form, its entries; empty before the first chunk, so that a choice without logprobs costs nothing.
    private var joined: [[UInt8]] = []

    init(form: OutputForm) {
        self.form = form
    }

    /// The joined object as JSON text; empty if nothing was joined.
    var text: [UInt8] {
        guard !joined.isEmpty else { return [] }
        var out: [UInt8] = []
        out.reserveCapacity(joined.reduce(64) { $0 + $1.count })
        for (place, key) in form.logprobsKeys.enumerated() {
            JSONText.append(place == 0 ? "{" : ",", to: &out)
            JSONText.appendString(key, to: &out)
            JSONText.append(":", to: &out)
            Self.append(joined[place], to: &out)
        }
        JSONText.append("}", to: &out)
        return out
    }

    /// Joins the object of one chunk.
    mutating func append(_ chunk: [UInt8]) throws(OutputError) {
        do {
            let object = try JSONValue(parsing: chunk)
            guard object.objectValue != nil else { throw Self.malformed }
            let keys = form.logprobsKeys
            if joined.isEmpty { joined = Array(repeating: [], count: keys.count) }
            for (place, key) in keys.enumerated() { try Self.join(object[key], to: &joined[place]) }
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
