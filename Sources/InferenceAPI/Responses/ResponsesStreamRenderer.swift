import StrictJSON

/// Writes a job's answer as the typed events of a Responses stream.
///
/// An event is `event:` with its type and `data:` with an object that has the type again and a number, from 0. The
/// last is `response.completed` or `response.incomplete`; no `[DONE]` follows, as none does at OpenAI's.
package struct ResponsesStreamRenderer: StreamRenderer {
    private let object: ResponsesObject
    private let job: String
    private var output = ResponsesOutput()
    private var sequenceNumber = 0

    /// - Parameters:
    ///   - id: ``JobID/answerID(of:)``.
    ///   - request: What was asked; its model, and what the response repeats of it.
    ///   - created: Unix time of the request, in seconds.
    package init(id: String, request: InferenceRequest, created: Int) {
        object = ResponsesObject(id: id, request: request, created: created)
        job = object.job
    }

    package mutating func append(_ delta: ChoiceDelta, to out: inout [UInt8]) {
        begin(&out)
        for change in output.append(delta) { append(change, to: &out) }
    }

    package mutating func appendEnd(of answer: FinishedAnswer, to out: inout [UInt8]) {
        begin(&out)
        for change in output.finish(.cancelled) { append(change, to: &out) }
        let reason = output.finishReason ?? .cancelled
        appendResponse(
            reason.endEvent,
            ending: .init(finishReason: reason, usage: answer.usage, decentral: answer.decentral),
            to: &out
        )
    }

    /// Appends nothing: the event with the whole response was the end.
    package func appendDone(to out: inout [UInt8]) {}

    /// Appends the end of a stream that failed after its headers.
    ///
    /// The event is OpenAI's `error` and has the `error` of every other stream too: OpenAI's clients raise on that
    /// member, and would hand the event alone on as one of many.
    package mutating func appendError(_ error: APIError, to out: inout [UInt8]) {
        open("error", &out)
        JSONText.append(",\"code\":", to: &out)
        JSONText.appendString(error.code.rawValue, to: &out)
        JSONText.append(",\"message\":", to: &out)
        JSONText.appendString(error.message, to: &out)
        JSONText.append(",\"param\":", to: &out)
        (error.param.map(JSONValue.string) ?? .null).encode(into: &out)
        JSONText.append(",", to: &out)
        // The body's own brackets go: its one member stands beside the others.
        out.append(contentsOf: error.body.dropFirst().dropLast())
        close(&out)
    }

    // MARK: Events

    /// Appends the two events that begin a stream, once.
    private mutating func begin(_ out: inout [UInt8]) {
        guard sequenceNumber == 0 else { return }
        appendResponse("response.created", ending: nil, to: &out)
        appendResponse("response.in_progress", ending: nil, to: &out)
    }

    private mutating func appendResponse(
        _ type: StaticString,
        ending: ResponsesObject.Ending?,
        to out: inout [UInt8]
    ) {
        open(type, &out)
        JSONText.append(",\"response\":", to: &out)
        object.append(items: output.items, ending: ending, to: &out)
        close(&out)
    }

    private mutating func append(_ change: ResponsesOutput.Change, to out: inout [UInt8]) {
        switch change {
        case .itemAdded(let index):
            // One delta may have filled the item by now; the events that follow say with what.
            appendItem("response.output_item.added", output.items[index].begun, at: index, to: &out)
        case .partAdded(let index, let part):
            let kind = output.items[index].parts[part].kind
            appendPart("response.content_part.added", ResponsesPart(kind: kind), at: index, part, to: &out)
        case .textAdded(let index, let part, let text, let logprobs):
            let kind = output.items[index].parts[part].kind
            open(kind.deltaEvent, &out)
            appendPlace(index, part: part, to: &out)
            JSONText.append(",\"delta\":", to: &out)
            JSONText.appendString(text, to: &out)
            if kind == .output { Self.append(logprobs, to: &out) }
            close(&out)
        case .argumentsAdded(let index, let text):
            open("response.function_call_arguments.delta", &out)
            appendPlace(index, to: &out)
            JSONText.append(",\"delta\":", to: &out)
            JSONText.appendString(text, to: &out)
            close(&out)
        case .partDone(let index, let place):
            let part = output.items[index].parts[place]
            appendTextDone(part, at: index, place, to: &out)
            appendPart("response.content_part.done", part, at: index, place, to: &out)
        case .itemDone(let index):
            let item = output.items[index]
            if item.kind == .functionCall { appendArgumentsDone(item.call, at: index, to: &out) }
            appendItem("response.output_item.done", item, at: index, to: &out)
        }
    }

    private mutating func appendItem(
        _ type: StaticString,
        _ item: ResponsesItem,
        at index: Int,
        to out: inout [UInt8]
    ) {
        open(type, &out)
        JSONText.append(",\"output_index\":", to: &out)
        JSONText.appendInteger(index, to: &out)
        JSONText.append(",\"item\":", to: &out)
        item.append(to: &out, id: item.id(job: job, index: index))
        close(&out)
    }

    private mutating func appendPart(
        _ type: StaticString,
        _ part: ResponsesPart,
        at index: Int,
        _ place: Int,
        to out: inout [UInt8]
    ) {
        open(type, &out)
        appendPlace(index, part: place, to: &out)
        JSONText.append(",\"part\":", to: &out)
        part.append(to: &out)
        close(&out)
    }

    private mutating func appendTextDone(_ part: ResponsesPart, at index: Int, _ place: Int, to out: inout [UInt8]) {
        open(part.kind.doneEvent, &out)
        appendPlace(index, part: place, to: &out)
        JSONText.append(part.kind == .refusal ? ",\"refusal\":" : ",\"text\":", to: &out)
        JSONText.appendString(part.text, to: &out)
        if part.kind == .output { Self.append(part.logprobs, to: &out) }
        close(&out)
    }

    private mutating func appendArgumentsDone(_ call: FinalToolCall, at index: Int, to out: inout [UInt8]) {
        open("response.function_call_arguments.done", &out)
        appendPlace(index, to: &out)
        JSONText.append(",\"name\":", to: &out)
        JSONText.appendString(call.name, to: &out)
        JSONText.append(",\"arguments\":", to: &out)
        JSONText.appendString(call.arguments, to: &out)
        close(&out)
    }

    // MARK: Pieces

    /// Appends an event up to its number; the members that follow begin with a comma.
    private mutating func open(_ type: StaticString, _ out: inout [UInt8]) {
        JSONText.append("event: ", to: &out)
        JSONText.append(type, to: &out)
        JSONText.append("\ndata: {\"type\":\"", to: &out)
        JSONText.append(type, to: &out)
        JSONText.append("\",\"sequence_number\":", to: &out)
        JSONText.appendInteger(sequenceNumber, to: &out)
        sequenceNumber += 1
    }

    private func close(_ out: inout [UInt8]) {
        JSONText.append("}\n\n", to: &out)
    }

    private func appendPlace(_ index: Int, part: Int? = nil, to out: inout [UInt8]) {
        JSONText.append(",\"item_id\":", to: &out)
        JSONText.appendString(output.items[index].id(job: job, index: index), to: &out)
        JSONText.append(",\"output_index\":", to: &out)
        JSONText.appendInteger(index, to: &out)
        guard let part else { return }
        JSONText.append(",\"content_index\":", to: &out)
        JSONText.appendInteger(part, to: &out)
    }

    private static func append(_ logprobs: ResponsesLogprobs, to out: inout [UInt8]) {
        JSONText.append(",\"logprobs\":", to: &out)
        logprobs.append(to: &out)
    }
}

extension ResponsesPart.Kind {
    fileprivate var deltaEvent: StaticString {
        switch self {
        case .reasoning: "response.reasoning_text.delta"
        case .output: "response.output_text.delta"
        case .refusal: "response.refusal.delta"
        }
    }

    fileprivate var doneEvent: StaticString {
        switch self {
        case .reasoning: "response.reasoning_text.done"
        case .output: "response.output_text.done"
        case .refusal: "response.refusal.done"
        }
    }
}

extension FinishReason {
    fileprivate var endEvent: StaticString {
        switch self {
        case .stop, .toolCalls: "response.completed"
        case .length, .contentFilter, .cancelled: "response.incomplete"
        }
    }
}
