import RawStructuredFieldValues
package import Signing

/// One signature of a request, as its `Signature-Input` and `Signature` headers have it.
///
/// Shape: `Signature-Input: LABEL=("@method" "@target-uri" "content-digest");created=…;keyid="…";nonce="…"` and
/// `Signature: LABEL=:BASE64:`. Source: RFC 9421, sections 2 to 4; the only algorithm is `ed25519` (section 3.3.6).
package struct MessageSignature: Sendable, Equatable {
    /// Longest `Signature-Input` or `Signature`, in bytes: a bound on the work for what nobody has proven.
    static let headerBytes = 4096
    /// Most components that one signature may cover.
    static let componentLimit = 32

    /// Which of several signatures it is.
    package let label: String
    /// What it covers, in order; names of fields in lower case, derived components with their `@`.
    package let components: [String]
    /// When it was made, Unix seconds.
    package let created: Int64?
    /// Past this it does not hold, Unix seconds.
    package let expires: Int64?
    package let nonce: String?
    package let keyID: String?
    package let signature: Signature
    /// The value of `@signature-params`: the covered components and the parameters as they were signed.
    let parameters: String

    /// Reads the only signature of a request.
    ///
    /// - Parameters:
    ///   - input: The value of `Signature-Input`.
    ///   - signature: The value of `Signature`.
    /// - Throws: ``HTTPSignatureError`` with `malformed`, or `unsupported` for another algorithm than ed25519.
    package init(input: String, signature: String) throws(HTTPSignatureError) {
        let inputs = try Self.dictionary(input, header: "Signature-Input")
        let signatures = try Self.dictionary(signature, header: "Signature")
        guard let (label, member) = inputs.first, inputs.count == 1 else {
            throw HTTPSignatureError(.malformed, "Signature-Input holds \(inputs.count) signatures; sign once")
        }
        guard case .innerList(let list) = member else {
            throw HTTPSignatureError(.malformed, "Signature-Input: \(label) is not a list of components in parentheses")
        }
        guard case .item(let item)? = signatures[label], signatures.count == 1,
            case .undecodedByteSequence(let base64) = item.rfc9651BareItem
        else {
            throw HTTPSignatureError(.malformed, "Signature holds no bytes named \(label), as Signature-Input has it")
        }
        self.label = label
        components = try Self.components(of: list)
        created = try Self.integer("created", of: list)
        expires = try Self.integer("expires", of: list)
        nonce = try Self.string("nonce", of: list)
        keyID = try Self.string("keyid", of: list)
        if let algorithm = try Self.string("alg", of: list), algorithm != "ed25519" {
            throw HTTPSignatureError(.unsupported, "the algorithm is not ed25519, the only one here")
        }
        do {
            self.signature = try Signature(bytes: Base64.decode(base64))
        } catch {
            throw HTTPSignatureError(.malformed, "Signature: \(error.message)")
        }
        parameters = try Self.serialized(list)
    }

    /// Checks it against the request and a key.
    ///
    /// - Throws: ``HTTPSignatureError`` with `notCovered` for a field that the request lacks, `unsupported`, or
    ///   `invalidSignature`.
    package func verify(_ request: SignableRequest, by address: Address) throws(HTTPSignatureError) {
        guard address.verify(signature, of: Array(try base(of: request).utf8)) else {
            throw HTTPSignatureError(
                .invalidSignature,
                "the signature is not that of \(address) over this request; \"@target-uri\" was taken as "
                    + "\(request.origin)\(request.pathAndQuery.prefix { $0 != "?" })"
            )
        }
    }

    /// The text that is signed (section 2.5).
    func base(of request: SignableRequest) throws(HTTPSignatureError) -> String {
        var text = ""
        for component in components {
            guard let value = try request.value(of: component) else {
                throw HTTPSignatureError(.notCovered, "the signature covers \"\(component)\", which the request lacks")
            }
            text += "\"\(component)\": \(value)\n"
        }
        return text + "\"@signature-params\": \(parameters)"
    }

    // MARK: Reading

    private static func dictionary(
        _ text: String,
        header: String
    ) throws(HTTPSignatureError) -> OrderedMap<String, ItemOrInnerList> {
        guard text.utf8.count <= headerBytes else {
            throw HTTPSignatureError(.malformed, "\(header) is longer than \(headerBytes) bytes")
        }
        do {
            var parser = StructuredFieldValueParser(Array(text.utf8))
            return try parser.parseDictionaryFieldValue()
        } catch {
            throw HTTPSignatureError(.malformed, "\(header) is not a dictionary of structured fields (RFC 8941)")
        }
    }

    private static func components(of list: InnerList) throws(HTTPSignatureError) -> [String] {
        guard list.bareInnerList.count <= componentLimit else {
            throw HTTPSignatureError(.unsupported, "a signature covers at most \(componentLimit) components")
        }
        var components: [String] = []
        for item in list.bareInnerList {
            guard case .string(let name) = item.rfc9651BareItem, name == name.lowercased() else {
                throw HTTPSignatureError(.malformed, "a covered component is a string in lower case")
            }
            guard item.rfc9651Parameters.count == 0 else {
                throw HTTPSignatureError(.unsupported, "parameters of a component are not supported: \"\(name)\"")
            }
            // "Each component identifier MUST occur only once in the covered components" (section 2).
            guard !components.contains(name), name != "@signature-params" else {
                throw HTTPSignatureError(.malformed, "\"\(name)\" is covered twice, or can not be covered")
            }
            components.append(name)
        }
        return components
    }

    private static func integer(_ name: String, of list: InnerList) throws(HTTPSignatureError) -> Int64? {
        switch list.rfc9651Parameters[name] {
        case nil: return nil
        case .integer(let number): return number
        default: throw HTTPSignatureError(.malformed, "Signature-Input: \(name) is not an integer")
        }
    }

    private static func string(_ name: String, of list: InnerList) throws(HTTPSignatureError) -> String? {
        switch list.rfc9651Parameters[name] {
        case nil: return nil
        case .string(let text): return text
        default: throw HTTPSignatureError(.malformed, "Signature-Input: \(name) is not a string")
        }
    }

    /// The list in the strict form that both ends sign (section 2.3).
    private static func serialized(_ list: InnerList) throws(HTTPSignatureError) -> String {
        do {
            var serializer = StructuredFieldValueSerializer()
            return String(decoding: try serializer.writeListFieldValue([.innerList(list)]), as: UTF8.self)
        } catch {
            throw HTTPSignatureError(.malformed, "Signature-Input cannot be written in its strict form")
        }
    }
}
