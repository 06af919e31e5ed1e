import InferenceAPI

extension BackendError {
    /// Maps a reply with another status than 200.
    ///
    /// - Parameters:
    ///   - status: The HTTP status.
    ///   - body: The reply's body, as far as it was read.
    ///   - route: What was asked for. Servers of models know chat completions; whether they know another route shows in
    ///     their answer.
    init(status: Int, body: [UInt8], of route: BackendRoute = .chatCompletions) {
        if status == 501 || (route != .chatCompletions && [404, 405].contains(status)) {
            self.init(.unsupported, "the backend answered \(status): it does not serve /\(route.rawValue)")
            return
        }
        self.init(status: status, fault: BackendFault(body: body))
    }

    /// Maps an error inside a stream.
    init(inStream fault: BackendFault) {
        self.init(status: fault.status, fault: fault)
    }

    /// Says what a fault is in our words.
    ///
    /// Its message is looked at to tell one kind of error from another and then forgotten, because servers quote prompts
    /// and outputs there. Shown are the status, and the fault's kind if it has the form of an identifier.
    private init(status: Int?, fault: BackendFault?) {
        let name = fault.flatMap { Self.isName($0.kind) ? " (\($0.kind))" : nil } ?? ""
        let answered = "the backend answered \(status.map(String.init) ?? "with an error")\(name)"
        let isRefused = status.map { [400, 413, 422].contains($0) } ?? true
        if isRefused, fault?.isContextLengthExceeded == true {
            self.init(.contextLengthExceeded, "\(answered): the prompt is longer than its context")
            return
        }
        switch status {
        case nil:
            self.init(.failed, "\(answered) inside its stream")
        case 400, 413, 422:
            self.init(.invalidRequest, "\(answered): it does not take this request")
        case 401, 403:
            self.init(.failed, "\(answered): the backend refused the API key")
        case 404:
            self.init(.failed, "\(answered): it does not know the model or the path")
        case 408, 429, 503:
            self.init(.unavailable, "\(answered): it is busy, or its model is still loading")
        case .some(300..<400):
            self.init(.failed, "\(answered): redirects are not followed")
        case .some(500...):
            self.init(.failed, "\(answered): it failed on this request")
        default:
            self.init(.protocolViolation, "\(answered), which is no answer to such a request")
        }
    }

    private static func isName(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."):
                    true
                default: false
                }
            }
    }
}
