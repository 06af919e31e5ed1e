package import StrictJSON

/// A JSON object of a request, read member by member; each fault names the member by its path.
///
/// A member that is `null` counts as absent, as it does with OpenAI: clients send the defaults of theirs so.
package struct CheckedObject {
    private let object: JSONObject
    /// Where it stands in the body: `messages.[0]`; empty for the body itself.
    private let path: String

    init(_ value: JSONValue, at path: String) throws(APIError) {
        guard let object = value.objectValue else { throw .invalidParameter(path, expected: "an object") }
        self.object = object
        self.path = path
    }

    /// Reads a body, which must be a JSON object.
    package static func parse(_ body: [UInt8]) throws(APIError) -> CheckedObject {
        let tree: JSONValue
        do {
            tree = try JSONValue(parsing: body)
        } catch {
            throw .invalidJSON(error)
        }
        guard let object = tree.objectValue else { throw .invalidJSON("The body must be a JSON object.") }
        return CheckedObject(body: object)
    }

    /// The body itself.
    init(body object: JSONObject) {
        self.object = object
        path = ""
    }

    /// The path of a member.
    package func param(_ key: String) -> String {
        path.isEmpty ? key : "\(path).\(key)"
    }

    /// Refuses every member that is not among the known ones, `null` or not.
    package func refuseUnknown(_ known: Set<String>) throws(APIError) {
        for member in object.members where !known.contains(member.key) {
            guard Self.isNameable(member.key) else {
                throw APIError(.unknownParameter, "Unknown parameter.", param: path.isEmpty ? nil : path)
            }
            throw .unknownParameter(param(member.key))
        }
    }

    /// Whether a key looks like one, so that an error may show it: a key could hold a prompt as well.
    private static func isNameable(_ key: String) -> Bool {
        key.utf8.count <= 64 && ASCIIWord.matches(key, extra: [UInt8(ascii: "_"), UInt8(ascii: "-")])
    }

    package subscript(key: String) -> JSONValue? {
        guard let value = object[key], !value.isNull else { return nil }
        return value
    }

    package func required(_ key: String) throws(APIError) -> JSONValue {
        guard let value = self[key] else { throw .missingParameter(param(key)) }
        return value
    }

    package func string(_ key: String) throws(APIError) -> String? {
        guard let value = self[key] else { return nil }
        guard let string = value.stringValue else { throw .invalidParameter(param(key), expected: "a string") }
        return string
    }

    package func requiredString(_ key: String) throws(APIError) -> String {
        _ = try required(key)
        return try string(key) ?? ""
    }

    package func bool(_ key: String) throws(APIError) -> Bool? {
        guard let value = self[key] else { return nil }
        guard let bool = value.boolValue else { throw .invalidParameter(param(key), expected: "a boolean") }
        return bool
    }

    /// An integer in a range; `1.0` is one too, as it is to JSON Schema.
    package func integer(_ key: String, in range: ClosedRange<Int>, _ expected: String? = nil) throws(APIError) -> Int?
    {
        guard let value = self[key] else { return nil }
        let integer = value.intValue ?? value.doubleValue.flatMap { Int(exactly: $0) }
        guard let integer, range.contains(integer) else {
            let wanted = expected ?? "an integer from \(range.lowerBound) to \(range.upperBound)"
            throw .invalidParameter(param(key), expected: wanted)
        }
        return integer
    }

    package func number(_ key: String, in range: ClosedRange<Int>) throws(APIError) -> Double? {
        guard let value = self[key] else { return nil }
        let bounds = Double(range.lowerBound)...Double(range.upperBound)
        guard let number = value.doubleValue, bounds.contains(number) else {
            throw .invalidParameter(
                param(key),
                expected: "a number from \(range.lowerBound) to \(range.upperBound)"
            )
        }
        return number
    }

    /// An array of strings, from one to `limit`, each of at most 128 bytes.
    package func strings(_ key: String, limit: Int) throws(APIError) -> [String]? {
        guard let elements = try elements(key, limit: limit) else { return nil }
        var strings: [String] = []
        for (path, value) in elements {
            guard let string = value.stringValue, (1...128).contains(string.utf8.count) else {
                throw .invalidParameter(path, expected: "a string of 1 to 128 bytes")
            }
            strings.append(string)
        }
        return strings
    }

    /// The elements of an array with their paths; the array may have from one element to `limit`.
    package func elements(_ key: String, limit: Int) throws(APIError) -> [(path: String, value: JSONValue)]? {
        guard let value = self[key] else { return nil }
        guard let array = value.arrayValue, (1...limit).contains(array.count) else {
            let size = limit == .max ? "at least one element" : "from 1 to \(limit) elements"
            throw .invalidParameter(param(key), expected: "an array of \(size)")
        }
        return array.enumerated().map { ("\(param(key)).[\($0)]", $1) }
    }

    package func object(_ key: String) throws(APIError) -> CheckedObject? {
        guard let value = self[key] else { return nil }
        return try CheckedObject(value, at: param(key))
    }

    package func requiredObject(_ key: String) throws(APIError) -> CheckedObject {
        try CheckedObject(required(key), at: param(key))
    }

    /// The name of a function or a schema.
    package func requiredName(_ key: String) throws(APIError) -> String {
        let name = try requiredString(key)
        guard (1...64).contains(name.utf8.count),
            ASCIIWord.matches(name, extra: [UInt8(ascii: "_"), UInt8(ascii: "-")])
        else {
            throw .invalidParameter(param(key), expected: "a name of 1 to 64 characters [a-zA-Z0-9_-]")
        }
        return name
    }

    /// The members of the object, for maps whose keys are data.
    var members: [JSONObject.Member] { object.members }
}

/// Texts of ASCII letters, digits and a few more characters.
enum ASCIIWord {
    static func matches(_ text: String, extra: Set<UInt8> = []) -> Bool {
        text.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
            default: extra.contains(byte)
            }
        }
    }
}
