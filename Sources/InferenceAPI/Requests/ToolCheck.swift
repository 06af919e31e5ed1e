import StrictJSON

/// Checks the tools of a body and how they may be called.
enum ToolCheck {
    /// Checks `tools`, `tool_choice` and `parallel_tool_calls`; answers whether there are tools.
    static func check(_ body: CheckedObject) throws(APIError) -> Bool {
        var names: Set<String> = []
        for (path, value) in try body.elements("tools", limit: 128) ?? [] {
            names.insert(try checkTool(CheckedObject(value, at: path)))
        }
        for key in ["tool_choice", "parallel_tool_calls"] where names.isEmpty && body[key] != nil {
            throw .invalidParameter(key, rule: "'\(key)' is only allowed when there are 'tools'.")
        }
        _ = try body.bool("parallel_tool_calls")
        try checkChoice(of: body, among: names)
        return !names.isEmpty
    }

    private static func checkTool(_ tool: CheckedObject) throws(APIError) -> String {
        try checkType(of: tool)
        try tool.refuseUnknown(["type", "function"])
        let function = try tool.requiredObject("function")
        try function.refuseUnknown(["name", "description", "parameters", "strict"])
        _ = try function.string("description")
        _ = try function.object("parameters")
        _ = try function.bool("strict")
        return try function.requiredName("name")
    }

    /// Checks the `type` of a tool, of a call or of a choice; the first look at it, so that its fault is the one told.
    static func checkType(of object: CheckedObject) throws(APIError) {
        switch try object.requiredString("type") {
        case "function":
            break
        case "custom":
            throw .unsupportedFeature(
                "Custom tools are not supported: make it a function with one string.",
                param: object.param("type")
            )
        case "allowed_tools":
            throw .unsupportedFeature(
                "'allowed_tools' is not supported: send only the tools that may be called.",
                param: object.param("type")
            )
        default:
            throw .invalidParameter(object.param("type"), expected: "'function'")
        }
    }

    private static func checkChoice(of body: CheckedObject, among names: Set<String>) throws(APIError) {
        guard let value = body["tool_choice"] else { return }
        if let mode = value.stringValue {
            guard ["none", "auto", "required"].contains(mode) else {
                throw .invalidParameter("tool_choice", expected: "'none', 'auto', 'required' or a function")
            }
            return
        }
        let choice = try CheckedObject(value, at: "tool_choice")
        try checkType(of: choice)
        try choice.refuseUnknown(["type", "function"])
        let function = try choice.requiredObject("function")
        try function.refuseUnknown(["name"])
        guard names.contains(try function.requiredName("name")) else {
            throw .invalidParameter(function.param("name"), expected: "the name of one of the tools")
        }
    }
}
