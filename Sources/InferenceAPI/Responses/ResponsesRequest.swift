import StrictJSON

/// The body of `POST /v1/responses`, checked and put into the words of a chat completion.
///
/// Backends are asked in chat's words, which every server knows, so all that is said of a chat completion holds here
/// too. The network keeps no responses: what would need one (`previous_response_id`, `conversation`, `background`,
/// `store`) is refused by name. It holds the prompt, so it never describes its contents.
struct ResponsesRequest: Sendable {
    /// The model as the caller named it.
    let model: String
    /// Whether the caller wants an event stream.
    let stream: Bool
    /// `max_output_tokens`; `nil` where the caller left it open.
    let maxOutputTokens: Int?
    let needsTools: Bool
    let needsStructuredOutput: Bool
    let needsLogprobs: Bool
    /// By ``PromptEstimate``, as for a chat completion of the same messages.
    let estimatedPromptTokens: Int
    /// By ``PromptFloor``, over the texts that the backend is sent.
    let leastPromptTokens: Int
    /// The same question as members of a chat completion, without the model, the stream and the limit.
    let chat: JSONObject
    /// The members of the response that repeat the request.
    let echo: JSONObject

    /// - Throws: ``APIError`` of status 400, its `param` the path of the first member at fault.
    init(_ body: CheckedObject) throws(APIError) {
        try ResponsesParameters.refuseOthers(body)
        model = try SharedParameters.model(of: body)
        stream = try body.bool("stream") ?? false
        try ResponsesParameters.checkStreamOptions(of: body, isStream: stream)
        maxOutputTokens = try body.integer(
            "max_output_tokens",
            in: 1...SharedParameters.highestTokenLimit,
            "a positive integer"
        )
        try ResponsesParameters.checkBookkeeping(of: body)
        needsLogprobs = try ResponsesParameters.needsLogprobs(of: body)
        let effort = try ResponsesParameters.reasoningEffort(of: body)
        let text = try ResponsesTextFormat(body)
        let tools = try ResponsesTools(body)
        var input = ResponsesInput()
        try input.read(body)

        needsStructuredOutput = text.needsStructuredOutput
        needsTools = !tools.chat.isEmpty || input.mentionsTools
        var estimate = input.estimate
        if !tools.chat.isEmpty { estimate.addText(bytes: JSONValue.array(tools.chat).encoded().count) }
        estimatedPromptTokens = estimate.tokens
        leastPromptTokens = input.floor.tokens

        var chat: JSONObject = ["messages": .array(input.messages)]
        for key in ResponsesParameters.sampling {
            if let value = body[key] { chat.append(key, value) }
        }
        if let effort { chat.append("reasoning_effort", .string(effort)) }
        if let format = text.chat { chat.append("response_format", format) }
        if needsLogprobs {
            chat.append("logprobs", true)
            if let count = body["top_logprobs"] { chat.append("top_logprobs", count) }
        }
        for (key, value) in tools.chatMembers { chat.append(key, value) }
        self.chat = chat
        echo = ResponsesParameters.echo(of: body, effort: effort, text: text, tools: tools)
    }
}

extension ResponsesRequest: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    var description: String { "responses request for \(model)" }

    var debugDescription: String { description }

    /// Empty: what a debugger or a test would show is the prompt.
    var customMirror: Mirror { Mirror(self, children: [:]) }
}
