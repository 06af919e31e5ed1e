import StrictJSON

/// Makes values that lie on a schema's bounds, just inside and just outside, and of every type that it has not.
enum SchemaExamples {
    private static let anything: [JSONValue] = [
        .null, true, false, 0, 1, -1, .number("0.5"), .number("1.0"), "", "a", "a b", "é", "\u{0}", [], ["a"],
        .object([:]),
    ]

    static func near(_ schema: JSONValue) -> [JSONValue] {
        let schema = SchemaChecker.resolved(schema)
        var values = anything
        values += [schema["const"]].compactMap(\.self) + (schema["enum"]?.arrayValue ?? [])
        values += ["minimum", "exclusiveMinimum", "maximum"].flatMap { around(schema[$0]) }
        values += ["minLength", "maxLength"].flatMap { texts(schema[$0]?.intValue) }
        for branch in schema["anyOf"]?.arrayValue ?? [] { values += near(branch) }
        if let element = schema["items"] { values += arrays(of: element, schema) }
        if let known = schema["properties"]?.objectValue { values += objects(known, schema) }
        if let names = schema["propertyNames"], let value = schema["additionalProperties"] {
            values += maps(names, value, limit: schema["maxProperties"]?.intValue ?? 0)
        }
        return values
    }

    /// A value that holds to the schema, and is told by no other schema that it should not.
    static func sample(_ schema: JSONValue) -> JSONValue? {
        near(schema).first { !$0.isNull && $0 != "" && SchemaChecker.accepts($0, schema) }
    }

    private static func around(_ bound: JSONValue?) -> [JSONValue] {
        guard let bound = bound?.intValue else { return [] }
        let below = bound.subtractingReportingOverflow(1)
        let above = bound.addingReportingOverflow(1)
        return [
            .integer(bound), .number("\(bound).001"),
            below.overflow ? .number("-9223372036854777000") : .integer(below.partialValue),
            above.overflow ? .number("9223372036854775808") : .integer(above.partialValue),
        ]
    }

    private static func texts(_ bound: Int?) -> [JSONValue] {
        guard let bound else { return [] }
        return [bound - 1, bound, bound + 1].filter { $0 >= 0 }.flatMap { count -> [JSONValue] in
            // In one byte a character and in two, so that nobody counts bytes.
            [.string(String(repeating: "a", count: count)), .string(String(repeating: "é", count: count))]
        }
    }

    private static func arrays(of element: JSONValue, _ schema: JSONValue) -> [JSONValue] {
        var arrays = near(element).map { JSONValue.array([$0]) }
        guard let sample = sample(element) else { return arrays }
        for bound in [schema["minItems"]?.intValue, schema["maxItems"]?.intValue] {
            guard let bound else { continue }
            for count in [bound - 1, bound, bound + 1] where count >= 0 {
                arrays.append(.array(Array(repeating: sample, count: count)))
            }
        }
        return arrays
    }

    private static func objects(_ known: JSONObject, _ schema: JSONValue) -> [JSONValue] {
        let required = schema["required"]?.arrayValue?.compactMap(\.stringValue) ?? []
        var least = JSONObject()
        for name in required { least[name] = known[name].flatMap(sample) }
        var objects = [least]
        for name in required {
            objects.append(least)
            objects[objects.count - 1][name] = nil
        }
        for (name, schema) in known.members {
            for value in near(schema) {
                objects.append(least)
                objects[objects.count - 1][name] = value
            }
        }
        objects.append(least)
        objects[objects.count - 1]["no_such_member"] = 1
        return objects.map(JSONValue.object)
    }

    private static func maps(_ names: JSONValue, _ value: JSONValue, limit: Int) -> [JSONValue] {
        guard let sample = sample(value) else { return [] }
        let keys = near(names).compactMap(\.stringValue) + ["0", "12345678901"]
        var maps = keys.map { JSONValue.object(JSONObject([($0, sample)])) }
        maps += near(value).map { JSONValue.object(JSONObject([("0", $0)])) }
        maps += [limit, limit + 1].map { count in .object(JSONObject((0..<count).map { ("\($0)", sample) })) }
        return maps
    }
}
