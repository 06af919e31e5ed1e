package import StrictJSON

/// A chat completion request that was checked against API.md, "POST /v1/chat/completions".
///
/// Gateway and worker both make one from the caller's bytes: the gateway to refuse what is wrong and to price the
/// rest, the worker to ask its backend. It holds the prompt, so it never describes its contents.
package struct ChatCompletionRequest: Sendable {
    /// The model as the caller named it.
    package let model: String
    /// Whether the caller wants an event stream.
    package let stream: Bool
    /// Whether a stream ends with a usage chunk.
    package let includeUsage: Bool
    /// `n`, from 1 to 8.
    package let choiceCount: Int
    /// `max_tokens` or `max_completion_tokens`, for each choice; `nil` where the caller left it open.
    package let maxOutputTokens: Int?
    /// Whether the backend must know tools.
    package let needsTools: Bool
    /// Whether the backend must constrain its output to JSON or a schema.
    package let needsStructuredOutput: Bool
    package let needsLogprobs: Bool
    /// By ``PromptEstimate``: bytes of text ÷ 4 and a few tokens for each message.
    package let estimatedPromptTokens: Int
    /// The whole body; numbers as they stood.
    package let tree: JSONValue

    /// Checks a body.
    ///
    /// - Parameter body: The caller's bytes.
    /// - Returns: The request.
    /// - Throws: ``APIError`` of status 400, its `param` the path of the first member at fault.
    package static func parse(_ body: [UInt8]) throws(APIError) -> ChatCompletionRequest {
        let tree: JSONValue
        do {
            tree = try JSONValue(parsing: body)
        } catch {
            throw .invalidJSON(error)
        }
        guard let object = tree.objectValue else { throw .invalidJSON("The body must be a JSON object.") }
        return try ChatCompletionRequest(CheckedObject(body: object), tree: tree)
    }

    private init(_ body: CheckedObject, tree: JSONValue) throws(APIError) {
        try body.refuseUnknown(Self.parameters)
        self.tree = tree
        model = try Self.model(of: body)
        stream = try body.bool("stream") ?? false
        includeUsage = try Self.includeUsage(of: body, isStream: stream)
        choiceCount = try body.integer("n", in: 1...8) ?? 1
        maxOutputTokens = try Self.maxOutputTokens(of: body)
        needsLogprobs = try Self.needsLogprobs(of: body)
        needsStructuredOutput = try Self.needsStructuredOutput(of: body)
        try Self.checkSampling(of: body)
        try Self.checkBookkeeping(of: body)

        var messages = MessageCheck()
        try messages.check(body)
        var estimate = messages.estimate
        let hasTools = try ToolCheck.check(body)
        if hasTools, let tools = body["tools"] { estimate.addText(bytes: tools.encoded().count) }
        needsTools = hasTools || messages.mentionsTools
        estimatedPromptTokens = estimate.tokens
    }
}

extension ChatCompletionRequest: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "chat completion request for \(model)" }

    package var debugDescription: String { description }

    /// Empty: what a debugger or a test would show is the prompt.
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}
