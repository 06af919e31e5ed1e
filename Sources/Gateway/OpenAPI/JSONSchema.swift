import StrictJSON

/// A schema of JSON Schema 2020-12, which is what OpenAPI 3.1 describes values with.
struct JSONSchema: Sendable, Equatable {
    private(set) var keywords: JSONObject

    var value: JSONValue { .object(keywords) }

    init(_ keywords: JSONObject) {
        self.keywords = keywords
    }
}

// MARK: - Values

extension JSONSchema {
    static let boolean = JSONSchema(["type": "boolean"])

    /// Any object.
    static let anyObject = JSONSchema(["type": "object"])

    /// A time in RFC 3339.
    static let time = string(format: "date-time")

    /// A string; `length` counts characters, and `pattern` is a regular expression of ECMA 262.
    static func string(_ length: ClosedRange<Int>? = nil, pattern: String? = nil, format: String? = nil) -> JSONSchema {
        var schema = JSONSchema(["type": "string"])
        if let length {
            if length.lowerBound > 0 { schema.keywords.append("minLength", .integer(length.lowerBound)) }
            if length.upperBound < .max { schema.keywords.append("maxLength", .integer(length.upperBound)) }
        }
        if let pattern { schema.keywords.append("pattern", .string(pattern)) }
        if let format { schema.keywords.append("format", .string(format)) }
        return schema
    }

    /// One of some words.
    static func word(_ words: [String]) -> JSONSchema {
        JSONSchema(["type": "string", "enum": .array(words.map(JSONValue.string))])
    }

    /// One value alone.
    static func constant(_ value: JSONValue) -> JSONSchema { JSONSchema(["const": value]) }

    static func integer(_ range: ClosedRange<Int>) -> JSONSchema {
        JSONSchema(["type": "integer", "minimum": .integer(range.lowerBound), "maximum": .integer(range.upperBound)])
    }

    /// An integer without an upper bound.
    static func integer(_ range: PartialRangeFrom<Int>) -> JSONSchema {
        JSONSchema(["type": "integer", "minimum": .integer(range.lowerBound)])
    }

    static func number(_ range: ClosedRange<Int>) -> JSONSchema {
        JSONSchema(["type": "number", "minimum": .integer(range.lowerBound), "maximum": .integer(range.upperBound)])
    }

    /// A number above the lower bound of a range, and at most its upper one.
    static func number(above range: ClosedRange<Int>) -> JSONSchema {
        JSONSchema([
            "type": "number", "exclusiveMinimum": .integer(range.lowerBound), "maximum": .integer(range.upperBound),
        ])
    }

    static func array(of element: JSONSchema, _ count: ClosedRange<Int> = 0 ... .max) -> JSONSchema {
        var schema = JSONSchema(["type": "array", "items": element.value])
        if count.lowerBound > 0 { schema.keywords.append("minItems", .integer(count.lowerBound)) }
        if count.upperBound < .max { schema.keywords.append("maxItems", .integer(count.upperBound)) }
        return schema
    }

    /// An object whose keys are data.
    static func map(to value: JSONSchema, keys: JSONSchema, limit: Int) -> JSONSchema {
        JSONSchema([
            "type": "object", "propertyNames": keys.value, "additionalProperties": value.value,
            "maxProperties": .integer(limit),
        ])
    }

    static func any(of choices: [JSONSchema]) -> JSONSchema {
        JSONSchema(["anyOf": .array(choices.map(\.value))])
    }

    /// A schema of ``OpenAPIDocument``'s components.
    static func named(_ name: String) -> JSONSchema {
        JSONSchema(["$ref": .string("#/components/schemas/\(name)")])
    }
}

// MARK: - Objects

extension JSONSchema {
    /// An object of a request: it has no other members, and one that is `null` counts as absent.
    static func request(
        required: KeyValuePairs<String, JSONSchema> = [:],
        optional: KeyValuePairs<String, JSONSchema> = [:]
    ) -> JSONSchema {
        var schema = object(required.map { ($0, $1) } + optional.map { ($0, $1.orNull) }, required: required.map(\.key))
        schema.keywords.append("additionalProperties", false)
        return schema
    }

    /// An object of an answer, which may get more members one day; the `optional` ones are not always there.
    static func answer(
        _ members: KeyValuePairs<String, JSONSchema>,
        optional: KeyValuePairs<String, JSONSchema> = [:]
    ) -> JSONSchema {
        object(members.map { ($0, $1) } + optional.map { ($0, $1) }, required: members.map(\.key))
    }

    /// An object with more members, which are all there.
    func extended(by members: KeyValuePairs<String, JSONSchema>) -> JSONSchema {
        var schema = self
        var known = keywords["properties"]?.objectValue ?? JSONObject()
        for (name, member) in members { known.append(name, member.value) }
        schema.keywords["properties"] = .object(known)
        schema.keywords["required"] = .array(
            (keywords["required"]?.arrayValue ?? []) + members.map { .string($0.key) }
        )
        return schema
    }

    private static func object(_ members: [(String, JSONSchema)], required: [String]) -> JSONSchema {
        var schema = JSONSchema([
            "type": "object", "properties": .object(JSONObject(members.map { ($0, $1.value) })),
        ])
        if !required.isEmpty { schema.keywords.append("required", .array(required.map(JSONValue.string))) }
        return schema
    }
}

// MARK: - Refinements

extension JSONSchema {
    /// The same, or `null`.
    var orNull: JSONSchema {
        if keywords["type"] == "null" { return self }
        var schema = self
        if case .string(let type)? = keywords["type"] {
            schema.keywords["type"] = [.string(type), "null"]
            if let words = keywords["enum"]?.arrayValue { schema.keywords["enum"] = .array(words + [.null]) }
        } else if let choices = keywords["anyOf"]?.arrayValue {
            schema.keywords["anyOf"] = .array(choices + [["type": "null"]])
        } else if let constant = keywords["const"] {
            schema.keywords["const"] = nil
            schema.keywords["enum"] = [constant, .null]
        } else {
            schema = .any(of: [self, JSONSchema(["type": "null"])])
        }
        return schema
    }

    /// With a sentence for people.
    func describing(_ text: String) -> JSONSchema { with("description", .string(text)) }

    func example(_ value: JSONValue) -> JSONSchema { with("examples", [value]) }

    func byDefault(_ value: JSONValue) -> JSONSchema { with("default", value) }

    /// With one more keyword.
    func with(_ keyword: String, _ value: JSONValue) -> JSONSchema {
        var schema = self
        schema.keywords[keyword] = value
        return schema
    }

    /// With rules between members, all of which hold.
    func obeying(_ rules: [JSONSchema]) -> JSONSchema { with("allOf", .array(rules.map(\.value))) }

    /// A rule: where a member is there and not null, another is there and holds to a schema.
    static func rule(where member: String, needs other: String, _ schema: JSONSchema) -> JSONSchema {
        .any(of: [
            JSONSchema(["type": "object", "properties": [member: ["type": "null"]]]),
            .present(other, schema),
        ])
    }

    /// A rule: a member is there and holds to a schema.
    static func present(_ member: String, _ schema: JSONSchema) -> JSONSchema {
        JSONSchema([
            "type": "object", "properties": [member: schema.value], "required": [.string(member)],
        ])
    }
}
