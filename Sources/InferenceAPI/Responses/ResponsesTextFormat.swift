import StrictJSON

/// The member `text` of a Responses body: what form the answer has.
struct ResponsesTextFormat: Sendable {
    /// The same as a chat completion's `response_format`; `nil` for plain text.
    let chat: JSONValue?
    /// As it stands in the response.
    let echo: JSONValue

    var needsStructuredOutput: Bool { chat != nil }

    init(_ body: CheckedObject) throws(APIError) {
        let text = try body.object("text")
        try text?.refuseUnknown(["format", "verbosity"])
        let verbosity = try text?.choice("verbosity", of: ["low", "medium", "high"])
        if let text, let verbosity, verbosity != "medium" {
            throw .unsupportedFeature(
                "'\(text.param("verbosity"))' must be 'medium': the models here have no other.",
                param: text.param("verbosity")
            )
        }
        let format = try text?.object("format")
        chat = try format.flatMap { (format) throws(APIError) in try Self.chatFormat(format) }
        var echo: JSONObject = ["format": text?["format"] ?? ["type": "text"]]
        if let verbosity { echo.append("verbosity", .string(verbosity)) }
        self.echo = .object(echo)
    }

    private static func chatFormat(_ format: CheckedObject) throws(APIError) -> JSONValue? {
        switch try format.requiredString("type") {
        case "text":
            try format.refuseUnknown(["type"])
            return nil
        case "json_object":
            try format.refuseUnknown(["type"])
            return ["type": "json_object"]
        case "json_schema":
            let members = ["name", "description", "schema", "strict"]
            try format.refuseUnknown(Set(members).union(["type"]))
            _ = try format.requiredName("name")
            _ = try format.string("description")
            _ = try format.requiredObject("schema")
            _ = try format.bool("strict")
            var schema = JSONObject()
            for key in members {
                if let value = format[key] { schema.append(key, value) }
            }
            return ["type": "json_schema", "json_schema": .object(schema)]
        default:
            throw .invalidParameter(format.param("type"), expected: "'text', 'json_object' or 'json_schema'")
        }
    }
}
