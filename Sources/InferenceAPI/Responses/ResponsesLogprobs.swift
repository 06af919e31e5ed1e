import StrictJSON

/// The probabilities of a text's tokens, in the form that Responses have: an array with an entry for each token.
///
/// A chat completion's entries may lack their bytes or their alternatives; here each has both.
struct ResponsesLogprobs: Sendable, Equatable {
    /// The entries' JSON with commas between them.
    private var entries: [UInt8] = []

    init() {}

    /// Reads the `logprobs` of a chat completion, in a chunk or joined.
    init(chat: [UInt8]) {
        guard !chat.isEmpty, let object = try? JSONValue(parsing: chat) else { return }
        for entry in object["content"]?.arrayValue ?? [] {
            guard var members = Self.members(of: entry) else { continue }
            let alternatives = (entry["top_logprobs"]?.arrayValue ?? []).compactMap(Self.members)
            members.append("top_logprobs", .array(alternatives.map(JSONValue.object)))
            if !entries.isEmpty { entries.append(UInt8(ascii: ",")) }
            JSONValue.object(members).encode(into: &entries)
        }
    }

    var isEmpty: Bool { entries.isEmpty }

    var byteCount: Int { entries.count }

    /// Joins the entries of the tokens that follow.
    mutating func append(_ others: ResponsesLogprobs) {
        guard !others.isEmpty else { return }
        if !entries.isEmpty { entries.append(UInt8(ascii: ",")) }
        entries.append(contentsOf: others.entries)
    }

    /// Appends the array.
    func append(to out: inout [UInt8]) {
        JSONText.append("[", to: &out)
        out.append(contentsOf: entries)
        JSONText.append("]", to: &out)
    }

    /// Token, bytes and logprob of an entry; `nil` for what is none.
    private static func members(of entry: JSONValue) -> JSONObject? {
        guard let token = entry["token"]?.stringValue, let logprob = entry["logprob"], logprob.doubleValue != nil else {
            return nil
        }
        let bytes = entry["bytes"]?.arrayValue ?? token.utf8.map { .integer(Int($0)) }
        return ["token": .string(token), "bytes": .array(bytes), "logprob": logprob]
    }
}
