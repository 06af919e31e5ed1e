import StrictJSON

/// Gives the logprobs of a completion the form that OpenAI's completions have, choice by choice.
///
/// Shape: `{"tokens","token_logprobs","top_logprobs","text_offset"}`, arrays with one entry for each token. llama.cpp
/// sends a chat's instead, `{"content":[{"token","logprob","top_logprobs":[…]},…]}`, which is translated; what other
/// servers send goes on as it is. Offsets count Unicode scalars from the beginning of the choice's text.
package struct CompletionLogprobs: Sendable {
    /// For each choice, the length of the text before the next token.
    private var offsets: [Int: Int] = [:]

    package init() {}

    /// Translates the logprobs of a delta, if it has a chat's.
    package mutating func translate(_ delta: inout ChoiceDelta) {
        guard !delta.logprobs.isEmpty, let tree = try? JSONValue(parsing: delta.logprobs),
            let entries = tree["content"]?.arrayValue, tree["tokens"] == nil
        else { return }
        var tokens: [JSONValue] = []
        var logprobs: [JSONValue] = []
        var alternatives: [JSONValue] = []
        var places: [JSONValue] = []
        for entry in entries {
            let token = entry["token"]?.stringValue ?? ""
            let place = offsets[delta.index, default: 0]
            tokens.append(.string(token))
            logprobs.append(entry["logprob"] ?? .null)
            alternatives.append(Self.alternatives(of: entry))
            places.append(.integer(place))
            offsets[delta.index] = place + token.unicodeScalars.count
        }
        let translated: JSONObject = [
            "tokens": .array(tokens),
            "token_logprobs": .array(logprobs),
            "top_logprobs": .array(alternatives),
            "text_offset": .array(places),
        ]
        delta.logprobs = JSONValue.object(translated).encoded()
    }

    /// Texts with their logprobs; of two tokens with one text, pieces of characters, the likelier.
    private static func alternatives(of entry: JSONValue) -> JSONValue {
        var map = JSONObject()
        for alternative in entry["top_logprobs"]?.arrayValue ?? [] {
            let token = alternative["token"]?.stringValue ?? ""
            guard map[token] == nil, let logprob = alternative["logprob"] else { continue }
            map.append(token, logprob)
        }
        return .object(map)
    }
}
