import StrictJSON

/// What stands in `prompt` of a completion or `input` of an embedding, measured.
///
/// Shape: a string, an array of strings, an array of token ids, or an array of such arrays. Token ids are those of the
/// model's own tokenizer and go to the backend as they stand.
struct PromptInput {
    /// Above every vocabulary.
    static let highestTokenID = Int(Int32.max)

    /// How many prompts there are.
    private(set) var count = 0
    private var estimate = PromptEstimate()
    /// What the longest prompt alone has at least, by ``PromptFloor``; exact where the caller made the tokens.
    private(set) var leastTokens = 1
    /// The most tokens that all prompts together can be: one for each byte of text, and the marks that a tokenizer puts
    /// around each.
    private(set) var tokenBound = 0

    /// Marks at both ends of a prompt, for ``tokenBound``: two in BERT's kind of tokenizers, with room for instructions.
    static let marksOfPrompt = 8

    /// Reads a member.
    ///
    /// - Parameters:
    ///   - body: The request.
    ///   - key: The member, which must be there.
    ///   - limit: Most prompts.
    ///   - allowsEmpty: Whether a prompt may be an empty text.
    /// - Throws: ``APIError`` of status 400, its `param` the path of the element at fault.
    init(of body: CheckedObject, _ key: String, limit: Int, allowsEmpty: Bool = true) throws(APIError) {
        let value = try body.required(key)
        if let text = value.stringValue {
            try addText(text, at: body.param(key), allowsEmpty: allowsEmpty)
            return
        }
        guard let array = value.arrayValue, let first = array.first else {
            throw .invalidParameter(
                body.param(key),
                expected: "a string, an array of strings, or an array of token ids or of arrays of them, not empty"
            )
        }
        if first.doubleValue != nil {
            try addTokens(array, at: body.param(key))
            return
        }
        for (path, element) in try body.elements(key, limit: limit) ?? [] {
            if first.stringValue != nil, let text = element.stringValue {
                try addText(text, at: path, allowsEmpty: allowsEmpty)
            } else if let tokens = element.arrayValue, !tokens.isEmpty, first.stringValue == nil {
                try addTokens(tokens, at: path)
            } else {
                throw .invalidParameter(
                    path,
                    expected: first.stringValue == nil ? "an array of token ids, not empty" : "a string"
                )
            }
        }
    }

    var estimatedTokens: Int { estimate.tokens }

    private mutating func addText(_ text: String, at path: String, allowsEmpty: Bool) throws(APIError) {
        let bytes = text.utf8.count
        guard allowsEmpty || bytes > 0 else { throw .invalidParameter(path, expected: "a text that is not empty") }
        var floor = PromptFloor()
        floor.add(text)
        add(atLeast: floor.tokens, bound: bytes)
        estimate.addText(bytes: bytes)
    }

    private mutating func addTokens(_ tokens: [JSONValue], at path: String) throws(APIError) {
        for (place, token) in tokens.enumerated() {
            let id = token.intValue ?? token.doubleValue.flatMap { Int(exactly: $0) }
            guard let id, (0...Self.highestTokenID).contains(id) else {
                throw .invalidParameter("\(path).[\(place)]", expected: "a token id")
            }
        }
        add(atLeast: tokens.count, bound: tokens.count)
        estimate.addTokens(tokens.count)
    }

    private mutating func add(atLeast least: Int, bound: Int) {
        count += 1
        leastTokens = max(leastTokens, least)
        tokenBound += bound + Self.marksOfPrompt
    }
}
