import StrictJSON

/// Checks the messages of a body and measures them on the way.
struct MessageCheck {
    private(set) var estimate = PromptEstimate()
    private(set) var floor = PromptFloor()
    /// Whether a tool was called in the conversation, which a backend's template must be able to say.
    private(set) var mentionsTools = false

    mutating func check(_ body: CheckedObject) throws(APIError) {
        _ = try body.required("messages")
        for (path, value) in try body.elements("messages", limit: .max) ?? [] {
            estimate.addMessage()
            try checkMessage(CheckedObject(value, at: path))
        }
    }

    private mutating func checkMessage(_ message: CheckedObject) throws(APIError) {
        switch try message.requiredString("role") {
        case "system", "developer", "user":
            try message.refuseUnknown(["role", "content", "name"])
            try checkContent(of: message)
        case "assistant":
            try checkAssistant(message)
        case "tool":
            try message.refuseUnknown(["role", "content", "name", "tool_call_id"])
            try checkContent(of: message)
            guard try !message.requiredString("tool_call_id").isEmpty else {
                throw .invalidParameter(message.param("tool_call_id"), expected: "the id of a tool call")
            }
            mentionsTools = true
        default:
            throw .invalidParameter(
                message.param("role"),
                expected: "'system', 'developer', 'user', 'assistant' or 'tool'"
            )
        }
        try measure(message.string("name"))
    }

    /// Checks a message of the model's; callers send back what they got, so all that an answer has may stand here.
    private mutating func checkAssistant(_ message: CheckedObject) throws(APIError) {
        try message.refuseUnknown([
            "role", "content", "name", "refusal", "reasoning_content", "tool_calls", "audio", "function_call",
            "annotations",
            // The SDK's helpers keep there what they made of `content`, and send it back with it.
            "parsed",
        ])
        // The SDK's own types have these, empty; with something in them they are no text.
        for key in ["audio", "function_call"] where message[key] != nil {
            throw .unsupportedFeature("'\(message.param(key))' is not supported.", param: message.param(key))
        }
        if let annotations = message["annotations"], annotations != [] {
            throw .unsupportedFeature(
                "'\(message.param("annotations"))' is not supported.",
                param: message.param("annotations")
            )
        }
        let refusal = try message.string("refusal")
        measure(refusal)
        try measure(message.string("reasoning_content"))
        let calls = try message.elements("tool_calls", limit: OutputAccumulator.maximumToolCalls)
        for (path, value) in calls ?? [] {
            try checkToolCall(CheckedObject(value, at: path))
        }
        if message["content"] != nil || (calls == nil && refusal == nil) {
            try checkContent(of: message, allowsRefusal: true)
        }
    }

    private mutating func checkToolCall(_ call: CheckedObject) throws(APIError) {
        try ToolCheck.checkType(of: call)
        try call.refuseUnknown(["id", "type", "function", "index"])
        _ = try call.requiredString("id")
        // What a stream said, which the SDK's helper leaves in the message that it puts together.
        _ = try call.integer("index", in: 0...(OutputAccumulator.maximumToolCalls - 1))
        let function = try call.requiredObject("function")
        // As `parsed` of a message: what the SDK's helpers made of the arguments.
        try function.refuseUnknown(["name", "arguments", "parsed_arguments"])
        measure(try function.requiredName("name"))
        measure(try function.requiredString("arguments"))
        mentionsTools = true
    }

    private mutating func checkContent(
        of message: CheckedObject,
        allowsRefusal: Bool = false
    ) throws(APIError) {
        switch try message.required("content") {
        case .string(let text):
            measure(text)
        case .array:
            for (path, value) in try message.elements("content", limit: .max) ?? [] {
                try checkPart(CheckedObject(value, at: path), allowsRefusal: allowsRefusal)
            }
        default:
            throw .invalidParameter(message.param("content"), expected: "a string or an array of text parts")
        }
    }

    private mutating func checkPart(_ part: CheckedObject, allowsRefusal: Bool) throws(APIError) {
        switch try part.requiredString("type") {
        case "text":
            try part.refuseUnknown(["type", "text"])
            measure(try part.requiredString("text"))
        case "refusal" where allowsRefusal:
            try part.refuseUnknown(["type", "refusal"])
            measure(try part.requiredString("refusal"))
        case "image_url", "input_audio", "file":
            throw .unsupportedFeature("Content parts other than text are not supported.", param: part.param("type"))
        default:
            throw .invalidParameter(part.param("type"), expected: "'text'")
        }
    }

    private mutating func measure(_ text: String?) {
        guard let text else { return }
        estimate.addText(bytes: text.utf8.count)
        floor.add(text)
    }
}
