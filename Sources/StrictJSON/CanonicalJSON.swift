/// The one text of a value that is signed (RFC 8785, JSON Canonicalization Scheme).
///
/// Of the scheme's numbers only integers of at most 53 bits are taken: what we sign holds no other, and those
/// have one text in every implementation.
package enum CanonicalJSON {
    /// The largest magnitude of an integer that every reader of JSON holds exactly: 2^53 - 1.
    package static let largestInteger = 9_007_199_254_740_991

    /// The canonical text of a value.
    ///
    /// - Throws: ``JSONError/Code/notCanonical`` for a number that is no integer within ``largestInteger``.
    package static func encode(_ value: JSONValue) throws(JSONError) -> [UInt8] {
        var out: [UInt8] = []
        try encode(value, into: &out)
        return out
    }

    /// Whether a text is the canonical text of the value that it stands for.
    package static func isCanonical(_ bytes: [UInt8]) -> Bool {
        do throws(JSONError) {
            return try encode(JSONValue(parsing: bytes)) == bytes
        } catch {
            return false
        }
    }

    private static func encode(_ value: JSONValue, into out: inout [UInt8]) throws(JSONError) {
        switch value {
        case .null, .bool, .string:
            value.encode(into: &out)
        case .integer(let number):
            guard number.magnitude <= largestInteger.magnitude else {
                throw refusal("an integer of more than 53 bits has no canonical form")
            }
            JSONText.appendInteger(number, to: &out)
        case .number:
            throw refusal("a number that is not an integer has no canonical form here")
        case .array(let elements):
            out.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { out.append(UInt8(ascii: ",")) }
                try encode(element, into: &out)
            }
            out.append(UInt8(ascii: "]"))
        case .object(let object):
            out.append(UInt8(ascii: "{"))
            let sorted = object.members.sorted { precedesInUTF16($0.key, $1.key) }
            for (index, member) in sorted.enumerated() {
                if index > 0 { out.append(UInt8(ascii: ",")) }
                JSONText.appendString(member.key, to: &out)
                out.append(UInt8(ascii: ":"))
                try encode(member.value, into: &out)
            }
            out.append(UInt8(ascii: "}"))
        }
    }

    /// Whether `one` sorts before `other` by UTF-16 code units, as RFC 8785, section 3.2.3, demands.
    ///
    /// The order of UTF-8 bytes is the same but for one case: U+E000 to U+FFFF (first byte EE or EF) sort after
    /// the surrogates of everything above U+FFFF (first byte F0 or more).
    static func precedesInUTF16(_ one: String, _ other: String) -> Bool {
        // Every document that is signed sorts its keys, so they are compared where they lie.
        let answer: Bool?? = one.utf8.withContiguousStorageIfAvailable { one in
            other.utf8.withContiguousStorageIfAvailable { precedesInUTF16(one, $0) }
        }
        return (answer ?? nil) ?? one.utf16.lexicographicallyPrecedes(other.utf16)
    }

    private static func precedesInUTF16(
        _ one: UnsafeBufferPointer<UInt8>,
        _ other: UnsafeBufferPointer<UInt8>
    ) -> Bool {
        for index in 0..<min(one.count, other.count) where one[index] != other[index] {
            let isPair = one[index] >= 0xF0
            let otherIsPair = other[index] >= 0xF0
            let isOrderReversed = one[index] >= 0xEE && other[index] >= 0xEE && isPair != otherIsPair
            return isOrderReversed ? isPair : one[index] < other[index]
        }
        return one.count < other.count
    }

    private static func refusal(_ message: String) -> JSONError {
        JSONError(code: .notCanonical, offset: 0, message: message)
    }
}
