import StrictJSON

/// The tools of a Responses body and how they may be called.
///
/// They have a flat shape here, `{"type":"function","name",…}`, where a chat completion's have their members in a
/// `function`. Tools that OpenAI runs itself are refused.
struct ResponsesTools: Sendable {
    /// In the shape of a chat completion.
    let chat: [JSONValue]
    /// `tools` and how they may be called, as members of a chat completion; empty where there are none.
    let chatMembers: [JSONObject.Member]
    /// As they stand in the response, absent members as null.
    let echo: [JSONValue]

    init(_ body: CheckedObject) throws(APIError) {
        var chat: [JSONValue] = []
        var echo: [JSONValue] = []
        var names: Set<String> = []
        if body["tools"] != [] {
            for (path, value) in try body.elements("tools", limit: 128) ?? [] {
                let tool = try CheckedObject(value, at: path)
                try Self.check(tool)
                names.insert(try tool.requiredName("name"))
                chat.append(["type": "function", "function": .object(tool.picking(Self.members))])
                let shown = Self.members.map { ($0, tool[$0] ?? JSONValue.null) }
                echo.append(.object(JSONObject([("type", "function")] + shown)))
            }
        }
        let parallel = try body.bool("parallel_tool_calls")
        let choice = try Self.chatChoice(of: body, among: names)
        self.chat = chat
        self.echo = echo
        // Without tools the rest says nothing, and servers differ in whether they take it then.
        guard !chat.isEmpty else {
            chatMembers = []
            return
        }
        var members: [JSONObject.Member] = [("tools", .array(chat))]
        if let choice { members.append(("tool_choice", choice)) }
        if let parallel { members.append(("parallel_tool_calls", .bool(parallel))) }
        chatMembers = members
    }

    private static let members = ["name", "description", "parameters", "strict"]

    private static func check(_ tool: CheckedObject) throws(APIError) {
        try checkType(of: tool, "Only tools of type 'function' are supported.")
        try tool.refuseUnknown(Set(members).union(["type"]))
        _ = try tool.string("description")
        _ = try tool.object("parameters")
        _ = try tool.bool("strict")
    }

    private static func chatChoice(of body: CheckedObject, among names: Set<String>) throws(APIError) -> JSONValue? {
        guard let value = body["tool_choice"] else { return nil }
        if let mode = value.stringValue {
            guard ["none", "auto", "required"].contains(mode) else {
                throw .invalidParameter("tool_choice", expected: "'none', 'auto', 'required' or a function")
            }
            guard mode != "required" || !names.isEmpty else {
                throw .invalidParameter("tool_choice", rule: "'tool_choice' requires a call, but there are no 'tools'.")
            }
            return value
        }
        let choice = try CheckedObject(value, at: "tool_choice")
        try checkType(of: choice, "Only a function can be chosen by 'tool_choice'.")
        try choice.refuseUnknown(["type", "name"])
        let name = try choice.requiredName("name")
        guard names.contains(name) else {
            throw .invalidParameter(choice.param("name"), expected: "the name of one of the tools")
        }
        return ["type": "function", "function": ["name": .string(name)]]
    }

    /// Refuses what is no function: with the reason if it looks like a tool of OpenAI's.
    private static func checkType(of object: CheckedObject, _ reason: String) throws(APIError) {
        let type = try object.requiredString("type")
        guard type != "function" else { return }
        let isPlain = (1...64).contains(type.utf8.count) && ASCIIWord.matches(type, extra: [UInt8(ascii: "_")])
        guard isPlain else { throw .invalidParameter(object.param("type"), expected: "'function'") }
        throw .unsupportedFeature(reason, param: object.param("type"))
    }
}

extension CheckedObject {
    /// The members with these keys that are there, in the order of the keys.
    fileprivate func picking(_ keys: [String]) -> JSONObject {
        var picked = JSONObject()
        for key in keys {
            if let value = self[key] { picked.append(key, value) }
        }
        return picked
    }
}
