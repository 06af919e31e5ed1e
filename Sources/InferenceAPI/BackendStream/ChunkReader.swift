import StrictJSON

/// Reads the JSON of one event in a single pass: known members where they stand, the rest passed over.
///
/// The hottest code of a worker, since every token comes by here once: no tree is built, keys are compared as
/// bytes, and the only allocations are those of texts past 15 bytes.
struct ChunkReader {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var reader: JSONReader
    private var usage: (prompt: Int, completion: Int)?
    private var isFault = false
    private var hasChoices = false
    private var hasMessage = false
    private var needsTidying = false

    private init(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
        reader = JSONReader(bytes)
    }

    /// Appends the events of one chunk, tool calls and finish reasons as the backend wrote them.
    ///
    /// - Returns: Whether there are tool calls or finish reasons.
    /// - Throws: `JSONError` where the text is no JSON, or a known member not of its type.
    static func read(_ data: [UInt8], into events: inout [BackendStreamEvent]) throws(JSONError) -> Bool {
        try data.withUnsafeBufferPointer { bytes throws(JSONError) in
            var chunk = ChunkReader(bytes)
            try chunk.readChunk(into: &events)
            return chunk.needsTidying
        }
    }

    private mutating func readChunk(into events: inout [BackendStreamEvent]) throws(JSONError) {
        try reader.enterObject()
        while let key = try reader.nextKey() {
            if key.spells("choices") {
                hasChoices = true
                try readChoices(into: &events)
            } else if key.spells("usage") {
                try readUsage()
            } else if key.spells("error") {
                let range = try reader.skipValue()
                if !text(at: range).spells("null") { isFault = true }
            } else if key.spells("object") {
                let range = try reader.skipValue()
                if text(at: range).spells("\"error\"") { isFault = true }
            } else if key.spells("message") {
                hasMessage = true
                try reader.skipValue()
            } else {
                try reader.skipValue()
            }
        }
        try reader.finish()
        if let usage { events.append(.usage(prompt: usage.prompt, completion: usage.completion)) }
        // An error without a word for it: llama.cpp's `error:` field has the bare object.
        if isFault || (hasMessage && !hasChoices) {
            // Happens once in a stream, so the tree may be built.
            let fault = BackendFault(try JSONValue(parsing: bytes))
            events.append(.error(fault ?? BackendFault(message: "the server reported an error")))
        }
    }

    private mutating func readChoices(into events: inout [BackendStreamEvent]) throws(JSONError) {
        guard try reader.kind() != .null else {
            try reader.skipValue()
            return
        }
        try reader.enterArray()
        while try reader.nextElement() {
            try readChoice(into: &events)
        }
    }

    private mutating func readChoice(into events: inout [BackendStreamEvent]) throws(JSONError) {
        var delta = ChoiceDelta(index: 0)
        var failure: String?
        try reader.enterObject()
        while let key = try reader.nextKey() {
            if key.spells("delta") {
                try readDelta(into: &delta)
            } else if key.spells("index") {
                // An index below 0 stays what it is and is refused with the other unknown ones.
                delta.index = try reader.readInteger() ?? -1
            } else if key.spells("finish_reason") {
                let reason = try readText()
                if reason == "abort" || reason == "error" {
                    failure = reason
                } else if !reason.isEmpty {
                    delta.finishReason = Self.finishReason(reason)
                    needsTidying = true
                }
            } else if key.spells("logprobs") {
                let range = try reader.skipValue()
                let logprobs = text(at: range)
                if !logprobs.spells("null") { delta.logprobs = Array(logprobs) }
            } else if key.spells("text") {
                // The legacy completions' chunk: no delta, a text.
                delta.content = try readText()
            } else {
                try reader.skipValue()
            }
        }
        if !delta.isEmpty { events.append(.delta(delta)) }
        if let failure {
            events.append(.error(BackendFault(kind: failure, message: "the server gave the request up")))
        }
    }

    private mutating func readDelta(into delta: inout ChoiceDelta) throws(JSONError) {
        guard try reader.kind() != .null else {
            try reader.skipValue()
            return
        }
        var reasoning = ""
        try reader.enterObject()
        while let key = try reader.nextKey() {
            if key.spells("content") {
                delta.content = try readText()
            } else if key.spells("reasoning_content") {
                delta.reasoningContent = try readText()
            } else if key.spells("reasoning") {
                reasoning = try readText()
            } else if key.spells("refusal") {
                delta.refusal = try readText()
            } else if key.spells("tool_calls") {
                try readToolCalls(into: &delta)
            } else {
                try reader.skipValue()
            }
        }
        // Some servers send the same text under both names while clients move from one to the other.
        if delta.reasoningContent.isEmpty { delta.reasoningContent = reasoning }
    }

    private mutating func readToolCalls(into delta: inout ChoiceDelta) throws(JSONError) {
        switch try reader.kind() {
        case .null:
            try reader.skipValue()
        case .object:
            // TGI before 3.0: one call, not in an array.
            delta.toolCalls = [try readToolCall(at: 0)]
            needsTidying = true
        default:
            try reader.enterArray()
            while try reader.nextElement() {
                delta.toolCalls.append(try readToolCall(at: delta.toolCalls.count))
                needsTidying = true
            }
        }
    }

    /// Reads a tool call; its place in the array numbers it where the backend does not.
    private mutating func readToolCall(at place: Int) throws(JSONError) -> ToolCallDelta {
        var call = ToolCallDelta(index: place)
        try reader.enterObject()
        while let key = try reader.nextKey() {
            if key.spells("index") {
                if try reader.kind() == .null {
                    try reader.skipValue()
                } else {
                    call.index = try reader.readInteger() ?? place
                }
            } else if key.spells("id") {
                call.id = try readText()
            } else if key.spells("function"), try reader.kind() == .object {
                try readFunction(into: &call)
            } else {
                try reader.skipValue()
            }
        }
        return call
    }

    private mutating func readFunction(into call: inout ToolCallDelta) throws(JSONError) {
        try reader.enterObject()
        while let key = try reader.nextKey() {
            if key.spells("name") {
                call.name = try readText()
            } else if key.spells("arguments") {
                if try reader.kind() == .object {
                    // Some servers send the arguments parsed; callers expect their text.
                    let range = try reader.skipValue()
                    call.arguments = String(decoding: text(at: range), as: UTF8.self)
                } else {
                    call.arguments = try readText()
                }
            } else {
                try reader.skipValue()
            }
        }
    }

    private mutating func readUsage() throws(JSONError) {
        guard try reader.kind() == .object else {
            try reader.skipValue()
            return
        }
        var prompt = 0
        var completion: Int?
        try reader.enterObject()
        while let key = try reader.nextKey() {
            if key.spells("prompt_tokens"), try reader.kind() == .number {
                prompt = try reader.readInteger() ?? 0
            } else if key.spells("completion_tokens"), try reader.kind() == .number {
                completion = try reader.readInteger()
            } else {
                try reader.skipValue()
            }
        }
        if let completion { usage = (max(0, prompt), max(0, completion)) }
    }

    /// A string, or nothing for `null`.
    private mutating func readText() throws(JSONError) -> String {
        if try reader.kind() == .null {
            try reader.skipValue()
            return ""
        }
        return try reader.readString()
    }

    private func text(at range: Range<Int>) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(rebasing: bytes[range])
    }

    /// A backend's word for why a choice ended; one that we do not know ended it by itself as far as we know.
    private static func finishReason(_ text: String) -> FinishReason {
        switch text {
        case "length", "max_tokens": .length
        case "tool_calls", "function_call": .toolCalls
        case "content_filter": .contentFilter
        default: .stop
        }
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// Whether the bytes are those of a literal.
    @inline(__always)
    fileprivate func spells(_ literal: StaticString) -> Bool {
        guard count == literal.utf8CodeUnitCount else { return false }
        let other = literal.utf8Start
        for index in 0..<count where self[index] != other[index] {
            return false
        }
        return true
    }
}
