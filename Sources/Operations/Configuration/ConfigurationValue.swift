/// A value of a configuration file, with the line it stands on.
struct ConfigurationValue: Sendable, Equatable {
    indirect enum Content: Sendable, Equatable {
        case string(String)
        case integer(Int)
        case number(Double)
        case bool(Bool)
        /// A date, a time or both, which no key of ours takes.
        case date
        case array([ConfigurationValue])
        case table([String: ConfigurationValue])
    }

    var content: Content
    /// Counted from 1.
    var line: Int

    /// Says what the value is, for an error message: its kind and, unless it is secret or long, the value.
    func described(isSecret: Bool) -> String {
        switch self.content {
        case .string(let text): Self.describe(text, isSecret: isSecret)
        case .integer(let number): isSecret ? "an integer" : "the integer \(number)"
        case .number(let number): isSecret ? "a number" : "the number \(number)"
        case .bool(let flag): "\(flag)"
        case .date: "a date or time"
        case .array(let elements): "an array of \(elements.count)"
        case .table: "a table"
        }
    }

    private static func describe(_ text: String, isSecret: Bool) -> String {
        if text.isEmpty { return "an empty string" }
        // A URL may carry `user:password@`.
        let mayHoldCredentials = text.contains("://") && text.contains("@")
        guard !isSecret, !mayHoldCredentials, text.utf8.count <= 80 else {
            return "a string of \(text.count) characters"
        }
        return "the string \"\(SafeText.line(text))\""
    }
}
