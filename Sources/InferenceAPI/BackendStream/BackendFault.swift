package import StrictJSON

/// An error in a backend's own words, from a stream or from the body of a refused request.
///
/// Servers phrase it in several ways; all of these are read:
///
///     {"error": {"message": …, "type": …, "code": …}}           OpenAI, llama.cpp, SGLang, vLLM, LM Studio
///     {"error": "…", "error_type": …}                           TGI, and Ollama without a type
///     {"object": "error", "message": …, "type": …, "code": …}   vLLM before 0.10
///     {"detail": …}                                             FastAPI's own
package struct BackendFault: Sendable, Equatable {
    /// The HTTP status, where the error names one.
    package var status: Int?
    /// The error's type or code, as the backend spells it; empty where it has none.
    package var kind: String
    /// A sentence that may quote the prompt: it is for no log and for no caller.
    package var message: String

    package init(status: Int? = nil, kind: String = "", message: String) {
        self.status = status
        self.kind = kind
        self.message = message
    }

    /// Reads the body of a refused request; `nil` if it is none of the forms above.
    package init?(body: [UInt8]) {
        guard let tree = try? JSONValue(parsing: body) else { return nil }
        self.init(tree)
    }

    /// Reads an error from its JSON; `nil` if it is none of the forms above.
    package init?(_ tree: JSONValue) {
        switch tree["error"] {
        case .string(let message):
            self.init(kind: tree["error_type"]?.stringValue ?? "", message: message)
        case .object(let error):
            self.init(members: .object(error))
        case nil, .null:
            if tree["object"]?.stringValue == "error" || (tree["message"] != nil && tree["choices"] == nil) {
                self.init(members: tree)
            } else if let detail = tree["detail"] {
                self.init(message: detail.stringValue ?? "the request was refused")
            } else {
                return nil
            }
        default:
            self.init(message: "the server reported an error")
        }
    }

    private init(members: JSONValue) {
        let code = members["code"]
        let named = code?.intValue ?? members["status"]?.intValue ?? code?.stringValue.flatMap { Int($0) }
        let kinds = [members["type"]?.stringValue, code?.stringValue].compactMap { $0 }
        self.init(
            // A code below 100 or past 599 is one of the server's own.
            status: named.flatMap { (100...599).contains($0) ? $0 : nil },
            kind: kinds.first { Self.contextKinds.contains($0) } ?? kinds.first ?? "",
            message: members["message"]?.stringValue ?? ""
        )
    }

    private static let contextKinds: Set<String> = ["exceed_context_size_error", "context_length_exceeded"]

    /// Phrases by which servers without a code for it tell that the prompt does not fit: vLLM and SGLang
    /// ("maximum context length is …"), llama.cpp before its own type, LM Studio, TGI (`inputs` tokens).
    private static let contextPhrases = [
        "maximum context length", "context length", "context size", "context window", "longer than the model",
        "`inputs` tokens + `max_new_tokens` must be",
    ]

    /// Whether the prompt does not fit the backend's context.
    package var isContextLengthExceeded: Bool {
        if Self.contextKinds.contains(kind) { return true }
        guard status.map({ (400...499).contains($0) }) ?? true else { return false }
        let lowered = message.lowercased()
        return Self.contextPhrases.contains { lowered.contains($0) }
    }
}
