import StrictJSON

/// What the SDK's helpers leave in the messages of a conversation that goes on: their own reading of an answer.
///
/// Callers may send it back; a backend has no use for it, and a strict one refuses it.
enum HelperNotes {
    /// Messages of a chat without the notes.
    static func removed(from messages: JSONValue) -> JSONValue {
        guard case .array(let all) = messages else { return messages }
        return .array(all.map { changed($0, dropping: ["parsed"], "tool_calls", callsWithoutNotes) })
    }

    private static func callsWithoutNotes(_ calls: JSONValue) -> JSONValue {
        guard case .array(let all) = calls else { return calls }
        return .array(
            all.map { call in
                changed(call, dropping: ["index"], "function") { changed($0, dropping: ["parsed_arguments"]) }
            }
        )
    }

    /// An object without some of its members, and one of the others changed.
    private static func changed(
        _ value: JSONValue,
        dropping dropped: Set<String>,
        _ key: String? = nil,
        _ change: (JSONValue) -> JSONValue = { $0 }
    ) -> JSONValue {
        guard let object = value.objectValue else { return value }
        return .object(
            JSONObject(
                object.members.filter { !dropped.contains($0.key) }
                    .map { ($0.key, $0.key == key ? change($0.value) : $0.value) }
            )
        )
    }
}
