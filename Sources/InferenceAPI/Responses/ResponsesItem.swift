import StrictJSON

/// An item of a response's output: reasoning, a message or a function call.
struct ResponsesItem: Sendable, Equatable {
    enum Kind: Sendable {
        case reasoning, message, functionCall
    }

    enum Status: String, Sendable {
        case inProgress = "in_progress"
        case completed
        /// The answer was cut within it.
        case incomplete
    }

    let kind: Kind
    var status = Status.inProgress
    /// Texts of reasoning and of messages.
    var parts: [ResponsesPart] = []
    /// What is called; empty for the other kinds.
    var call = FinalToolCall(id: "", name: "", arguments: "")

    /// The item as it was when it began.
    var begun: ResponsesItem {
        var item = ResponsesItem(kind: kind)
        item.call = FinalToolCall(id: call.id, name: call.name, arguments: "")
        return item
    }

    /// `rs_`, `msg_` or `fc_`, the characters of the job's id, `_` and the item's place in the output.
    func id(job: String, index: Int) -> String {
        switch kind {
        case .reasoning: "rs_\(job)_\(index)"
        case .message: "msg_\(job)_\(index)"
        case .functionCall: "fc_\(job)_\(index)"
        }
    }

    /// Appends the item as a JSON object.
    func append(to out: inout [UInt8], id: String) {
        JSONText.append("{\"id\":", to: &out)
        JSONText.appendString(id, to: &out)
        switch kind {
        case .reasoning: JSONText.append(",\"type\":\"reasoning\",\"summary\":[]", to: &out)
        case .message: JSONText.append(",\"type\":\"message\",\"role\":\"assistant\"", to: &out)
        case .functionCall: JSONText.append(",\"type\":\"function_call\"", to: &out)
        }
        JSONText.append(",\"status\":", to: &out)
        JSONText.appendString(status.rawValue, to: &out)
        if kind == .functionCall {
            JSONText.append(",\"call_id\":", to: &out)
            JSONText.appendString(call.id, to: &out)
            JSONText.append(",\"name\":", to: &out)
            JSONText.appendString(call.name, to: &out)
            JSONText.append(",\"arguments\":", to: &out)
            JSONText.appendString(call.arguments, to: &out)
        } else {
            JSONText.append(",\"content\":[", to: &out)
            for (place, part) in parts.enumerated() {
                if place > 0 { JSONText.append(",", to: &out) }
                part.append(to: &out)
            }
            JSONText.append("]", to: &out)
        }
        JSONText.append("}", to: &out)
    }
}

/// A text within an item.
struct ResponsesPart: Sendable, Equatable {
    enum Kind: Sendable {
        case reasoning, output, refusal
    }

    let kind: Kind
    var text = ""
    /// Of output only.
    var logprobs = ResponsesLogprobs()
    /// Whether callers were told its end; it cannot grow any more.
    var isDone = false

    /// Appends the part as a JSON object.
    func append(to out: inout [UInt8]) {
        switch kind {
        case .reasoning: JSONText.append("{\"type\":\"reasoning_text\",\"text\":", to: &out)
        case .output: JSONText.append("{\"type\":\"output_text\",\"text\":", to: &out)
        case .refusal: JSONText.append("{\"type\":\"refusal\",\"refusal\":", to: &out)
        }
        JSONText.appendString(text, to: &out)
        if kind == .output {
            JSONText.append(",\"annotations\":[],\"logprobs\":", to: &out)
            logprobs.append(to: &out)
        }
        JSONText.append("}", to: &out)
    }
}
