package import StrictJSON

/// A request for inference of any kind, checked against the network's API reference.
///
/// Gateway and worker both make one from the caller's bytes: the gateway to refuse what is wrong and to price the
/// rest, the worker to ask its backend. What the kinds have in common are members here; what one kind alone has is read
/// from ``tree`` by that kind's code. It holds the prompt, so it never describes its contents.
package struct InferenceRequest: Sendable {
    package let kind: RequestKind
    /// The model as the caller named it.
    package let model: String
    /// Whether the caller wants an event stream.
    package let stream: Bool
    /// Whether a stream ends with a usage chunk.
    package let includeUsage: Bool
    /// How many choices are asked for, each of which is charged: `n`, times the prompts where there may be several.
    package let choiceCount: Int
    /// How many choices the output has: those that are charged, but for embeddings one for each input.
    package let outputCount: Int
    /// How many prompts the body has, each of which has a context of its own.
    package let promptCount: Int
    /// The limit of output for each choice, in tokens; `nil` where the caller left it open.
    package let maxOutputTokens: Int?
    /// The most tokens that the prompts can be, where those are what is charged and not the output.
    package let promptTokenBound: Int?
    /// Whether the backend must know tools.
    package let needsTools: Bool
    /// Whether the backend must constrain its output to JSON or a schema.
    package let needsStructuredOutput: Bool
    package let needsLogprobs: Bool
    /// By ``PromptEstimate``: bytes of text ÷ 4 and a few tokens for each message.
    ///
    /// Over all prompts.
    package let estimatedPromptTokens: Int
    /// By ``PromptFloor``: what the longest prompt alone has at least, which the context window must hold.
    package let leastPromptTokens: Int
    /// The whole body; numbers as they stood.
    package let tree: JSONValue
    /// What a body of the kind ``RequestKind/responses`` says in chat's words; `nil` for the others.
    let responses: ResponsesRequest?

    /// Takes what the code of a kind has read; everything in it is checked.
    init(
        kind: RequestKind,
        model: String,
        stream: Bool = false,
        includeUsage: Bool = false,
        choiceCount: Int = 1,
        outputCount: Int? = nil,
        promptCount: Int = 1,
        maxOutputTokens: Int? = nil,
        promptTokenBound: Int? = nil,
        needsTools: Bool = false,
        needsStructuredOutput: Bool = false,
        needsLogprobs: Bool = false,
        estimatedPromptTokens: Int,
        leastPromptTokens: Int = 1,
        tree: JSONValue,
        responses: ResponsesRequest? = nil
    ) {
        self.kind = kind
        self.model = model
        self.stream = stream
        self.includeUsage = includeUsage
        self.choiceCount = choiceCount
        self.outputCount = outputCount ?? choiceCount
        self.promptCount = promptCount
        self.maxOutputTokens = maxOutputTokens
        self.promptTokenBound = promptTokenBound
        self.needsTools = needsTools
        self.needsStructuredOutput = needsStructuredOutput
        self.needsLogprobs = needsLogprobs
        self.estimatedPromptTokens = estimatedPromptTokens
        self.leastPromptTokens = leastPromptTokens
        self.tree = tree
        self.responses = responses
    }

    /// Checks a body.
    ///
    /// - Parameters:
    ///   - body: The caller's bytes.
    ///   - kind: What they ask for: the route says it to the gateway, the offer to the worker.
    /// - Returns: The request.
    /// - Throws: ``APIError`` of status 400, its `param` the path of the first member at fault.
    package static func parse(_ body: [UInt8], as kind: RequestKind) throws(APIError) -> InferenceRequest {
        let tree: JSONValue
        do {
            tree = try JSONValue(parsing: body)
        } catch {
            throw .invalidJSON(error)
        }
        guard let object = tree.objectValue else { throw .invalidJSON("The body must be a JSON object.") }
        let checked = CheckedObject(body: object)
        return switch kind {
        case .chatCompletions: try InferenceRequest(chatCompletion: checked, tree: tree)
        case .completions: try InferenceRequest(completion: checked, tree: tree)
        case .responses: try InferenceRequest(responses: checked, tree: tree)
        case .embeddings: try InferenceRequest(embedding: checked, tree: tree)
        }
    }
}

extension InferenceRequest {
    /// The name under which the caller gave the limit of output.
    package var limitParameter: String {
        ["max_completion_tokens", "max_output_tokens"].first { tree[$0]?.isNull == false } ?? "max_tokens"
    }
}

extension InferenceRequest: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "request of the kind \(kind.rawValue) for \(model)" }

    package var debugDescription: String { description }

    /// Empty: what a debugger or a test would show is the prompt.
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}
