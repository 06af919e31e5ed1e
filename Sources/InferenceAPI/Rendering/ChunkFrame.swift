import StrictJSON

/// What is the same in all chunks of a stream of choices, made once.
struct ChunkFrame: Sendable {
    /// From `data:` to the opening bracket of `choices`.
    let opening: [UInt8]
    /// From the closing bracket to the end of the event.
    let closing: StaticString
    private let includesUsage: Bool

    /// - Parameters:
    ///   - id: ``JobID/answerID(of:)``.
    ///   - object: The type of the chunks, as `chat.completion.chunk`.
    ///   - model: The model as the caller named it.
    ///   - created: Unix time of the request, in seconds.
    ///   - includesUsage: Whether the caller asked for usage. Then every chunk has a `usage`, which is null in all
    ///     but the last.
    init(id: String, object: StaticString, model: String, created: Int, includesUsage: Bool) {
        var opening: [UInt8] = []
        JSONText.append("data: {\"id\":", to: &opening)
        JSONText.appendString(id, to: &opening)
        JSONText.append(",\"object\":\"", to: &opening)
        JSONText.append(object, to: &opening)
        JSONText.append("\",\"created\":", to: &opening)
        JSONText.appendInteger(created, to: &opening)
        JSONText.append(",\"model\":", to: &opening)
        JSONText.appendString(model, to: &opening)
        JSONText.append(",\"choices\":[", to: &opening)
        self.opening = opening
        closing = includesUsage ? "],\"usage\":null}\n\n" : "]}\n\n"
        self.includesUsage = includesUsage
    }

    /// Appends the last chunk, which has no choices: usage if the caller asked for it, and what the network knows.
    ///
    /// A job that was not settled has no `decentral`; without it and without usage there is no such chunk.
    func appendFinal(usage: TokenUsage, decentral: DecentralObject?, to out: inout [UInt8]) {
        guard includesUsage || decentral != nil else { return }
        out.append(contentsOf: opening)
        JSONText.append("]", to: &out)
        if includesUsage {
            JSONText.append(",\"usage\":", to: &out)
            usage.append(to: &out)
        }
        if let decentral {
            JSONText.append(",\"decentral\":", to: &out)
            decentral.append(to: &out)
        }
        JSONText.append("}\n\n", to: &out)
    }
}
