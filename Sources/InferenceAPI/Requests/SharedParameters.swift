import StrictJSON

/// The members that requests of several kinds have.
///
/// Ranges are OpenAI's unless said otherwise.
enum SharedParameters {
    /// Largest limit on output that is read at all, far above every context window.
    static let highestTokenLimit = 1 << 24

    static func model(of body: CheckedObject) throws(APIError) -> String {
        let model = try body.requiredString("model")
        let isPlain = model.unicodeScalars.allSatisfy { $0.value > 0x20 && $0.value != 0x7F }
        guard (1...256).contains(model.unicodeScalars.count), isPlain else {
            throw .invalidParameter("model", expected: "the id of a model")
        }
        return model
    }

    static func includeUsage(of body: CheckedObject, isStream: Bool) throws(APIError) -> Bool {
        guard let options = try body.object("stream_options") else { return false }
        guard isStream else {
            throw .invalidParameter("stream_options", rule: "'stream_options' is only allowed when 'stream' is true.")
        }
        try options.refuseUnknown(["include_usage"])
        return try options.bool("include_usage") ?? false
    }

    static func checkSampling(of body: CheckedObject) throws(APIError) {
        _ = try body.number("temperature", in: 0...2)
        _ = try body.number("top_p", in: 0...1)
        _ = try body.number("frequency_penalty", in: -2...2)
        _ = try body.number("presence_penalty", in: -2...2)
        _ = try body.integer("seed", in: .min ... .max, "an integer of 64 bits")
        // Not OpenAI's: what open-weight servers share. -1 and 0 both turn top_k off, each for some of them.
        _ = try body.integer("top_k", in: -1...Int(Int32.max), "an integer from -1")
        _ = try body.number("min_p", in: 0...1)
        if let penalty = try body.number("repetition_penalty", in: 0...2), penalty == 0 {
            throw .invalidParameter("repetition_penalty", expected: "a number above 0 and at most 2")
        }
        try checkStop(of: body)
        try checkLogitBias(of: body)
    }

    private static func checkStop(of body: CheckedObject) throws(APIError) {
        guard let stop = body["stop"] else { return }
        let sequences = stop.arrayValue ?? [stop]
        // An empty sequence is found at once: some backends would answer with nothing.
        let areTexts = sequences.allSatisfy { $0.stringValue.map { !$0.isEmpty } ?? false }
        guard sequences.count <= 4, areTexts else {
            throw .invalidParameter("stop", expected: "a string or up to 4 strings, none of them empty")
        }
    }

    private static func checkLogitBias(of body: CheckedObject) throws(APIError) {
        guard let bias = try body.object("logit_bias") else { return }
        guard bias.members.count <= 1024 else {
            throw .invalidParameter("logit_bias", expected: "at most 1024 tokens")
        }
        for (token, value) in bias.members {
            guard (1...10).contains(token.utf8.count), token.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
                throw .invalidParameter("logit_bias", expected: "token ids as keys")
            }
            guard let number = value.doubleValue, (-100...100).contains(number) else {
                throw .invalidParameter(bias.param(token), expected: "a number from -100 to 100")
            }
        }
    }

    /// Checks what is about the caller and not about the model.
    static func checkBookkeeping(of body: CheckedObject) throws(APIError) {
        _ = try body.string("user")
        if try body.bool("store") == true {
            throw .invalidParameter("store", rule: "'store' must be false: the network keeps no prompts or answers.")
        }
        guard let metadata = try body.object("metadata") else { return }
        guard metadata.members.count <= 16 else {
            throw .invalidParameter("metadata", expected: "at most 16 pairs")
        }
        for (key, value) in metadata.members {
            guard key.unicodeScalars.count <= 64, let text = value.stringValue, text.unicodeScalars.count <= 512 else {
                throw .invalidParameter(
                    "metadata",
                    expected: "strings of at most 512 characters under keys of at most 64"
                )
            }
        }
    }
}
