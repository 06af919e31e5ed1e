import InferenceAPI
import Signing
import StrictJSON

/// Reads the members of a payload, each with its type and bounds.
///
/// An error names the field and what was expected of it, never what stood there.
package struct PayloadReader {
    private static let limits = JSONLimits(maximumDepth: 4, maximumBytes: 64 << 10, maximumValues: 1_000)
    static let nonceByteCount = 32

    let members: JSONObject

    init(_ payload: [UInt8], version: Int) throws(ReceiptError) {
        let value: JSONValue
        do {
            value = try JSONValue(parsing: payload, limits: Self.limits)
        } catch {
            throw ReceiptError(code: .malformed, message: "the payload is not JSON: \(error)")
        }
        guard let members = value.objectValue else {
            throw ReceiptError(code: .malformed, message: "the payload is not a JSON object")
        }
        self.members = members
        let found = try integer("version")
        guard found == version else {
            throw ReceiptError(
                code: .unsupportedVersion,
                message: "the payload is of version \(found), this software knows version \(version)"
            )
        }
    }

    func integer(
        _ name: String,
        in range: ClosedRange<Int> = 0...Amounts.largestInteger
    ) throws(ReceiptError) -> Int {
        guard let value = members[name]?.intValue, range.contains(value) else {
            throw refusal(name, "an integer from \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    func credits(_ name: String) throws(ReceiptError) -> Int {
        try integer(name, in: 0...Amounts.largestCredits)
    }

    /// Unix milliseconds.
    func time(_ name: String) throws(ReceiptError) -> Int64 {
        Int64(try integer(name))
    }

    func optionalTime(_ name: String) throws(ReceiptError) -> Int64? {
        isNull(name) ? nil : try time(name)
    }

    /// A text of 1 to `limit` bytes.
    func text(_ name: String, limit: Int = 256) throws(ReceiptError) -> String {
        guard let value = members[name]?.stringValue, (1...limit).contains(value.utf8.count) else {
            throw refusal(name, "a text of 1 to \(limit) bytes")
        }
        return value
    }

    /// A word in the form of the API's error codes, which no sentence fits.
    func word(_ name: String) throws(ReceiptError) -> String {
        let value = try text(name, limit: 64)
        guard value.utf8.allSatisfy({ (0x61...0x7A).contains($0) || $0 == UInt8(ascii: "_") }) else {
            throw refusal(name, "a word of a-z and _")
        }
        return value
    }

    func optionalText(_ name: String) throws(ReceiptError) -> String? {
        isNull(name) ? nil : try text(name)
    }

    func address(_ name: String) throws(ReceiptError) -> Address {
        guard let text = members[name]?.stringValue, let address = try? Address(base58: text) else {
            throw refusal(name, "an address")
        }
        return address
    }

    func digest(_ name: String) throws(ReceiptError) -> Digest {
        guard let text = members[name]?.stringValue, let digest = try? Digest(text) else {
            throw refusal(name, "\"sha256:\" and 64 hexadecimal digits")
        }
        return digest
    }

    func optionalDigest(_ name: String) throws(ReceiptError) -> Digest? {
        isNull(name) ? nil : try digest(name)
    }

    func signature(_ name: String) throws(ReceiptError) -> Signature {
        guard let text = members[name]?.stringValue, let signature = try? Signature(base58: text) else {
            throw refusal(name, "a signature in base58")
        }
        return signature
    }

    func jobID(_ name: String) throws(ReceiptError) -> JobID {
        guard let text = members[name]?.stringValue, let id = JobID(text) else {
            throw refusal(name, "a job id")
        }
        return id
    }

    func nonce(_ name: String) throws(ReceiptError) -> [UInt8] {
        guard let text = members[name]?.stringValue, let bytes = try? Hex.decode(text),
            bytes.count == Self.nonceByteCount
        else { throw refusal(name, "64 hexadecimal digits") }
        return bytes
    }

    /// One of the raw values of an enumeration.
    func choice<Value: RawRepresentable<String>>(
        _ name: String,
        of type: Value.Type
    ) throws(ReceiptError) -> Value {
        guard let value = members[name]?.stringValue.flatMap(Value.init(rawValue:)) else {
            throw refusal(name, "one of the words of this field")
        }
        return value
    }

    /// A list of raw values of an enumeration.
    func choices<Value: RawRepresentable<String>>(
        _ name: String,
        of type: Value.Type
    ) throws(ReceiptError) -> [Value] {
        let elements = members[name]?.arrayValue
        let values = elements?.compactMap { $0.stringValue.flatMap(Value.init(rawValue:)) }
        guard let values, values.count == elements?.count else {
            throw refusal(name, "a list of the words of this field")
        }
        return values
    }

    func refusal(_ name: String, _ expected: String) -> ReceiptError {
        ReceiptError(code: .malformed, message: "\(name): expected \(expected)")
    }

    /// Whether a member is there and null; a missing one is refused by whoever reads it next.
    private func isNull(_ name: String) -> Bool {
        members[name]?.isNull ?? false
    }
}
