import StrictJSON

/// Writes a `response` object: in a plain answer, and in the events of a stream that show the whole of it.
struct ResponsesObject: Sendable {
    /// `resp_` and the characters of the job's id.
    let id: String
    /// The model as the caller named it.
    let model: String
    /// Unix time of the request, in seconds.
    let created: Int
    /// ``ResponsesRequest/echo`` as members with commas between them.
    private let echo: [UInt8]

    init(id: String, request: InferenceRequest, created: Int) {
        self.id = id
        model = request.model
        self.created = created
        // The brackets of the object go, and its members stand among others.
        echo = Array(JSONValue.object(request.responses?.echo ?? [:]).encoded().dropFirst().dropLast())
    }

    /// The characters of the job's id, of which items make theirs.
    var job: String { String(id.dropFirst("resp_".count)) }

    /// What is known of an answer once its job is settled.
    struct Ending: Sendable {
        var finishReason: FinishReason
        var usage: TokenUsage
        var decentral: DecentralObject
    }

    /// Appends the object; without an ending it is in progress.
    func append(items: [ResponsesItem], ending: Ending?, to out: inout [UInt8]) {
        JSONText.append("{\"id\":", to: &out)
        JSONText.appendString(id, to: &out)
        JSONText.append(",\"object\":\"response\",\"created_at\":", to: &out)
        JSONText.appendInteger(created, to: &out)
        JSONText.append(",\"status\":\"", to: &out)
        JSONText.append(ending?.finishReason.responseStatus ?? "in_progress", to: &out)
        JSONText.append("\",\"error\":null,\"incomplete_details\":", to: &out)
        JSONText.append(ending?.finishReason.incompleteDetails ?? "null", to: &out)
        JSONText.append(",\"model\":", to: &out)
        JSONText.appendString(model, to: &out)
        JSONText.append(",\"output\":[", to: &out)
        for (place, item) in items.enumerated() {
            if place > 0 { JSONText.append(",", to: &out) }
            item.append(to: &out, id: item.id(job: job, index: place))
        }
        JSONText.append("],", to: &out)
        out.append(contentsOf: echo)
        JSONText.append(",\"usage\":", to: &out)
        if let ending {
            Self.append(ending.usage, to: &out)
            JSONText.append(",\"decentral\":", to: &out)
            ending.decentral.append(to: &out)
        } else {
            JSONText.append("null", to: &out)
        }
        JSONText.append("}", to: &out)
    }

    /// Appends the usage; what backends do not count (tokens of a cache and of reasoning) is 0.
    private static func append(_ usage: TokenUsage, to out: inout [UInt8]) {
        JSONText.append("{\"input_tokens\":", to: &out)
        JSONText.appendInteger(usage.promptTokens, to: &out)
        JSONText.append(",\"input_tokens_details\":{\"cached_tokens\":0,\"cache_write_tokens\":0}", to: &out)
        JSONText.append(",\"output_tokens\":", to: &out)
        JSONText.appendInteger(usage.completionTokens, to: &out)
        JSONText.append(",\"output_tokens_details\":{\"reasoning_tokens\":0},\"total_tokens\":", to: &out)
        JSONText.appendInteger(usage.totalTokens, to: &out)
        JSONText.append("}", to: &out)
    }
}

extension FinishReason {
    /// The status of the response that it ended.
    var responseStatus: StaticString {
        switch self {
        case .stop, .toolCalls: "completed"
        case .length, .contentFilter: "incomplete"
        case .cancelled: "cancelled"
        }
    }

    var incompleteDetails: StaticString {
        switch self {
        case .stop, .toolCalls, .cancelled: "null"
        case .length: "{\"reason\":\"max_output_tokens\"}"
        case .contentFilter: "{\"reason\":\"content_filter\"}"
        }
    }
}
