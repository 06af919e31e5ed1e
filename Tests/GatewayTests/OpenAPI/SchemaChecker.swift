import StrictJSON

@testable import Gateway

/// Tells whether a value holds to a schema, for the keywords that ``JSONSchema`` has.
struct SchemaChecker {
    private static let components = JSONObject(JSONSchema.components.map { ($0, $1.value) })

    /// The schema itself, or the one that it names.
    static func resolved(_ schema: JSONValue) -> JSONValue {
        guard let name = schema["$ref"]?.stringValue?.split(separator: "/").last else { return schema }
        guard let target = components[String(name)] else { preconditionFailure("there is no schema \(name)") }
        return target
    }

    static func accepts(_ value: JSONValue, _ schema: JSONValue) -> Bool {
        let schema = resolved(schema)
        return hasType(value, schema) && isAmong(value, schema) && isBranch(value, schema) && holds(value, schema)
    }

    /// The types that a schema allows; `nil` where it names none.
    private static func hasType(_ value: JSONValue, _ schema: JSONValue) -> Bool {
        guard let named = schema["type"] else { return true }
        let types = named.arrayValue ?? [named]
        return types.contains { type in
            switch (type.stringValue, value) {
            case ("null", .null), ("boolean", .bool), ("string", .string), ("array", .array), ("object", .object),
                ("number", .integer), ("number", .number), ("integer", .integer):
                true
            case ("integer", .number):
                value.doubleValue.map { $0 == $0.rounded() } ?? false
            default: false
            }
        }
    }

    private static func isAmong(_ value: JSONValue, _ schema: JSONValue) -> Bool {
        if let constant = schema["const"], constant != value { return false }
        return schema["enum"]?.arrayValue?.contains(value) ?? true
    }

    private static func isBranch(_ value: JSONValue, _ schema: JSONValue) -> Bool {
        let any = schema["anyOf"]?.arrayValue?.contains { accepts(value, $0) } ?? true
        return any && schema["allOf"]?.arrayValue?.allSatisfy { accepts(value, $0) } ?? true
    }

    /// The bounds of a value's own type; a schema's other bounds do not concern it.
    private static func holds(_ value: JSONValue, _ schema: JSONValue) -> Bool {
        switch value {
        case .null, .bool: true
        case .integer(let number): isWithin(number, schema)
        case .number: isWithin(value.doubleValue ?? .infinity, schema)
        case .string(let text): isText(text, schema)
        case .array(let elements):
            isCounted(elements.count, schema["minItems"], schema["maxItems"])
                && elements.allSatisfy { element in schema["items"].map { accepts(element, $0) } ?? true }
        case .object(let object): hasMembers(object, schema)
        }
    }

    private static func isWithin(_ number: Int, _ schema: JSONValue) -> Bool {
        if let least = schema["minimum"]?.intValue, number < least { return false }
        if let floor = schema["exclusiveMinimum"]?.intValue, number <= floor { return false }
        return schema["maximum"]?.intValue.map { number <= $0 } ?? true
    }

    private static func isWithin(_ number: Double, _ schema: JSONValue) -> Bool {
        if let least = schema["minimum"]?.doubleValue, number < least { return false }
        if let floor = schema["exclusiveMinimum"]?.doubleValue, number <= floor { return false }
        // 2^63 is what the largest integer of 64 bits rounds to, and no such integer itself.
        if let most = schema["maximum"]?.doubleValue, number > most || number == 0x1p63 { return false }
        return true
    }

    private static func isText(_ text: String, _ schema: JSONValue) -> Bool {
        guard isCounted(text.unicodeScalars.count, schema["minLength"], schema["maxLength"]) else { return false }
        guard let pattern = schema["pattern"]?.stringValue else { return true }
        guard let expression = try? Regex(pattern) else { preconditionFailure("\(pattern) is no regular expression") }
        return text.firstMatch(of: expression.matchingSemantics(.unicodeScalar)) != nil
    }

    private static func hasMembers(_ object: JSONObject, _ schema: JSONValue) -> Bool {
        let required = schema["required"]?.arrayValue?.compactMap(\.stringValue) ?? []
        guard required.allSatisfy({ object[$0] != nil }),
            isCounted(object.count, nil, schema["maxProperties"])
        else { return false }
        return object.members.allSatisfy { key, value in
            if let names = schema["propertyNames"], !accepts(.string(key), names) { return false }
            if let known = schema["properties"]?[key] { return accepts(value, known) }
            switch schema["additionalProperties"] {
            case nil: return true
            case .bool(let isOpen): return isOpen
            case let rest?: return accepts(value, rest)
            }
        }
    }

    private static func isCounted(_ count: Int, _ least: JSONValue?, _ most: JSONValue?) -> Bool {
        count >= least?.intValue ?? 0 && count <= most?.intValue ?? .max
    }
}
