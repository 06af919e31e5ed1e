extension JSONValue {
    /// The value as compact JSON: members in their order, numbers as they stood.
    package func encoded() -> [UInt8] {
        var out: [UInt8] = []
        encode(into: &out)
        return out
    }

    /// Appends the value as compact JSON.
    package func encode(into out: inout [UInt8]) {
        switch self {
        case .null: JSONText.append("null", to: &out)
        case .bool(true): JSONText.append("true", to: &out)
        case .bool(false): JSONText.append("false", to: &out)
        case .integer(let value): JSONText.appendInteger(value, to: &out)
        case .number(let text): out.append(contentsOf: text.utf8)
        case .string(let string): JSONText.appendString(string, to: &out)
        case .array(let elements):
            out.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { out.append(UInt8(ascii: ",")) }
                element.encode(into: &out)
            }
            out.append(UInt8(ascii: "]"))
        case .object(let object):
            object.encode(into: &out)
        }
    }
}

extension JSONObject {
    /// Appends the object as compact JSON.
    package func encode(into out: inout [UInt8]) {
        out.append(UInt8(ascii: "{"))
        for (index, member) in members.enumerated() {
            if index > 0 { out.append(UInt8(ascii: ",")) }
            JSONText.appendString(member.key, to: &out)
            out.append(UInt8(ascii: ":"))
            member.value.encode(into: &out)
        }
        out.append(UInt8(ascii: "}"))
    }
}
