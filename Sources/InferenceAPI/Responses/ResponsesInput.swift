import StrictJSON

/// Reads the input of a Responses body: checks its items, measures them, and turns them into the messages of a chat.
///
/// Callers send back the items that they got, so all that an answer's items have may stand in these. What the model
/// said in one go (its reasoning, its words, its calls) is several items here and one message there.
struct ResponsesInput {
    private(set) var messages: [JSONValue] = []
    private(set) var estimate = PromptEstimate()
    private(set) var floor = PromptFloor()
    /// Whether a tool was called in the conversation, which a backend's template must be able to say.
    private(set) var mentionsTools = false
    /// What the model said last, while more of it may follow.
    private var turn = ResponsesTurn()

    mutating func read(_ body: CheckedObject) throws(APIError) {
        if let instructions = try body.string("instructions") {
            append(role: "system", content: .string(measured(instructions)))
        }
        switch try body.required("input") {
        case .string(let text):
            append(role: "user", content: .string(measured(text)))
        case .array:
            for (path, value) in try body.elements("input", limit: .max) ?? [] {
                try readItem(CheckedObject(value, at: path))
            }
            endTurn()
        default:
            throw .invalidParameter("input", expected: "a string or an array of items")
        }
    }

    private mutating func readItem(_ item: CheckedObject) throws(APIError) {
        // A message may come without its type.
        switch try item.string("type") ?? "message" {
        case "message": try readMessage(item)
        case "reasoning": try readReasoning(item)
        case "function_call": try readCall(item)
        case "function_call_output": try readCallOutput(item)
        case "item_reference":
            throw .unsupportedFeature(
                "'item_reference' is not supported: the network keeps no items, so send them whole.",
                param: item.param("type")
            )
        case let type where Self.unsupported.contains(type):
            throw .unsupportedFeature("Items of type '\(type)' are not supported.", param: item.param("type"))
        default:
            throw .invalidParameter(
                item.param("type"),
                expected: "'message', 'reasoning', 'function_call' or 'function_call_output'"
            )
        }
    }

    /// OpenAI's items of tools that it runs itself, and of what this network does not do.
    private static let unsupported: Set<String> = [
        "additional_tools", "apply_patch_call", "apply_patch_call_output", "code_interpreter_call", "compaction",
        "compaction_trigger", "computer_call", "computer_call_output", "configuration_update", "custom_tool_call",
        "custom_tool_call_output", "file_search_call", "image_generation_call", "local_shell_call",
        "local_shell_call_output", "mcp_approval_request", "mcp_approval_response", "mcp_call", "mcp_list_tools",
        "program", "program_output", "shell_call", "shell_call_output", "tool_search_call", "tool_search_output",
        "web_search_call",
    ]

    private mutating func readMessage(_ item: CheckedObject) throws(APIError) {
        let role = try item.requiredString("role")
        guard ["system", "developer", "user", "assistant"].contains(role) else {
            throw .invalidParameter(item.param("role"), expected: "'system', 'developer', 'user' or 'assistant'")
        }
        try checkHead(of: item, ["role", "content", "phase"])
        if item["phase"] != nil {
            throw .unsupportedFeature("'\(item.param("phase"))' is not supported.", param: item.param("phase"))
        }
        let isOurs = role == "assistant"
        let content = try content(of: item, "content", isOurs: isOurs)
        guard isOurs else { return append(role: role, content: content) }
        if turn.content != nil || !turn.calls.isEmpty { endTurn() }
        turn.content = content
    }

    private mutating func readReasoning(_ item: CheckedObject) throws(APIError) {
        try checkHead(of: item, ["summary", "content", "encrypted_content"])
        if item["encrypted_content"] != nil {
            throw .unsupportedFeature(
                "'\(item.param("encrypted_content"))' is not supported: only OpenAI can read it.",
                param: item.param("encrypted_content")
            )
        }
        let summary = try texts(of: item, "summary", type: "summary_text")
        let content = try texts(of: item, "content", type: "reasoning_text")
        if turn.content != nil || !turn.calls.isEmpty { endTurn() }
        let said = content.isEmpty ? summary : content
        for text in said { floor.add(text) }
        // Joined at the end of the turn: there may be many of them.
        turn.reasoning += said
    }

    private mutating func readCall(_ item: CheckedObject) throws(APIError) {
        try checkHead(of: item, ["call_id", "name", "arguments"])
        let id = try callID(of: item)
        let name = measured(try item.requiredName("name"))
        let arguments = measured(try item.requiredString("arguments"))
        guard turn.calls.count < OutputAccumulator.maximumToolCalls else {
            throw .invalidParameter(
                "input",
                expected: "at most \(OutputAccumulator.maximumToolCalls) function calls in a row"
            )
        }
        turn.calls.append([
            "id": .string(id), "type": "function",
            "function": ["name": .string(name), "arguments": .string(arguments)],
        ])
        mentionsTools = true
    }

    private mutating func readCallOutput(_ item: CheckedObject) throws(APIError) {
        try checkHead(of: item, ["call_id", "output"])
        let id = try callID(of: item)
        let output = try content(of: item, "output", isOurs: false)
        append(role: "tool", content: output, callID: id)
        mentionsTools = true
    }

    /// Checks what items of every kind have.
    private func checkHead(of item: CheckedObject, _ others: Set<String>) throws(APIError) {
        try item.refuseUnknown(others.union(["type", "id", "status"]))
        _ = try item.string("id")
        _ = try item.choice("status", of: ["in_progress", "completed", "incomplete"])
    }

    private func callID(of item: CheckedObject) throws(APIError) -> String {
        let id = try item.requiredString("call_id")
        guard !id.isEmpty else {
            throw .invalidParameter(item.param("call_id"), expected: "the id of a function call")
        }
        return id
    }

    // MARK: Texts

    /// A text or parts of text as a chat's content: one text as a string, which every server takes.
    private mutating func content(of item: CheckedObject, _ key: String, isOurs: Bool) throws(APIError) -> JSONValue {
        switch try item.required(key) {
        case .string(let text):
            return .string(measured(text))
        case .array:
            var texts: [String] = []
            for (path, value) in try item.elements(key, limit: .max) ?? [] {
                texts.append(measured(try Self.text(of: CheckedObject(value, at: path), isOurs: isOurs)))
            }
            if texts.count == 1 { return .string(texts[0]) }
            return .array(texts.map { ["type": "text", "text": .string($0)] })
        default:
            throw .invalidParameter(item.param(key), expected: "a string or an array of text parts")
        }
    }

    private static func text(of part: CheckedObject, isOurs: Bool) throws(APIError) -> String {
        switch try part.requiredString("type") {
        case "input_text":
            try part.refuseUnknown(["type", "text"])
            return try part.requiredString("text")
        case "output_text" where isOurs:
            try part.refuseUnknown(["type", "text", "annotations", "logprobs"])
            if let annotations = part["annotations"], annotations != [] {
                throw .unsupportedFeature(
                    "'\(part.param("annotations"))' is not supported.",
                    param: part.param("annotations")
                )
            }
            if let logprobs = part["logprobs"], logprobs.arrayValue == nil {
                throw .invalidParameter(part.param("logprobs"), expected: "an array")
            }
            return try part.requiredString("text")
        case "refusal" where isOurs:
            // The model said it, and templates know no other way to say so.
            try part.refuseUnknown(["type", "refusal"])
            return try part.requiredString("refusal")
        case "input_image", "input_file", "input_audio":
            throw .unsupportedFeature("Content parts other than text are not supported.", param: part.param("type"))
        default:
            throw .invalidParameter(
                part.param("type"),
                expected: isOurs ? "'output_text' or 'refusal'" : "'input_text'"
            )
        }
    }

    /// The texts of an array of parts of one type, which may be absent or empty; the floor is the caller's to raise.
    private mutating func texts(of item: CheckedObject, _ key: String, type: String) throws(APIError) -> [String] {
        guard item[key] != [] else { return [] }
        var texts: [String] = []
        for (path, value) in try item.elements(key, limit: .max) ?? [] {
            let part = try CheckedObject(value, at: path)
            guard try part.requiredString("type") == type else {
                throw .invalidParameter(part.param("type"), expected: "'\(type)'")
            }
            try part.refuseUnknown(["type", "text"])
            let text = try part.requiredString("text")
            estimate.addText(bytes: text.utf8.count)
            texts.append(text)
        }
        return texts
    }

    private mutating func measured(_ text: String) -> String {
        estimate.addText(bytes: text.utf8.count)
        floor.add(text)
        return text
    }

    // MARK: Messages

    private mutating func append(role: String, content: JSONValue, callID: String? = nil) {
        endTurn()
        var message: JSONObject = ["role": .string(role), "content": content]
        if let callID { message.append("tool_call_id", .string(callID)) }
        estimate.addMessage()
        messages.append(.object(message))
    }

    private mutating func endTurn() {
        guard let message = turn.message else { return }
        estimate.addMessage()
        messages.append(message)
        turn = ResponsesTurn()
    }
}

/// What the model said in one go.
private struct ResponsesTurn {
    var reasoning: [String] = []
    var content: JSONValue?
    var calls: [JSONValue] = []

    /// A chat's message of it; `nil` if nothing was said.
    var message: JSONValue? {
        guard content != nil || !calls.isEmpty || !reasoning.isEmpty else { return nil }
        // Templates take null beside calls only.
        let silence: JSONValue = calls.isEmpty ? "" : .null
        var message: JSONObject = ["role": "assistant", "content": content ?? silence]
        if !reasoning.isEmpty {
            message.append("reasoning_content", .string(reasoning.joined(separator: "\n")))
        }
        if !calls.isEmpty { message.append("tool_calls", .array(calls)) }
        return .object(message)
    }
}
