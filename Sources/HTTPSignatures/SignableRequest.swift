package import HTTPTypes

/// What of a request can be signed.
///
/// Shape: the target URI is absolute and as the caller sees it (`https://api.example/v1/jobs?limit=2`), since a proxy
/// may stand between; everything that RFC 9421 derives from it is taken from there.
package struct SignableRequest: Sendable {
    /// In upper case.
    package var method: String
    /// Scheme and authority, without a path: `https://api.example`.
    package var origin: String
    /// Path and query as they were sent; begins with a slash.
    package var pathAndQuery: String
    package var headers: HTTPFields

    package init(method: String, origin: String, pathAndQuery: String, headers: HTTPFields) {
        self.method = method
        self.origin = origin
        self.pathAndQuery = pathAndQuery
        self.headers = headers
    }

    /// The value of a component in the signature base (RFC 9421, section 2); `nil` if the request has no such field.
    func value(of component: String) throws(HTTPSignatureError) -> String? {
        guard component.hasPrefix("@") else { return field(component) }
        switch component {
        case "@method": return method
        case "@target-uri": return origin + pathAndQuery
        case "@scheme": return origin.components(around: "://")?.before.lowercased()
        // "The component value MUST be normalized": lower case, and without the scheme's default port (section 2.2.3).
        case "@authority": return authority
        case "@request-target": return pathAndQuery
        case "@path": return String(pathAndQuery.prefix { $0 != "?" })
        // "If the query string is absent from the request message, the component value is the leading '?' alone."
        case "@query": return pathAndQuery.firstIndex(of: "?").map { String(pathAndQuery[$0...]) } ?? "?"
        default:
            throw HTTPSignatureError(.unsupported, "the component \"\(component)\" is not supported")
        }
    }

    private var authority: String? {
        guard let (scheme, rest) = origin.components(around: "://") else { return nil }
        let authority = rest.lowercased()
        let defaultPort = scheme.lowercased() == "https" ? ":443" : ":80"
        return authority.hasSuffix(defaultPort) ? String(authority.dropLast(defaultPort.count)) : authority
    }

    /// All lines of a field, each without white space around it, joined by a comma and a space (section 2.1).
    private func field(_ name: String) -> String? {
        guard let name = HTTPField.Name(name) else { return nil }
        let lines = headers[values: name]
        guard !lines.isEmpty else { return nil }
        return lines.map(\.withoutBlanksAround).joined(separator: ", ")
    }
}

extension String {
    /// The parts before and after the first `separator`; `nil` without one.
    fileprivate func components(around separator: String) -> (before: String, after: String)? {
        guard let range = firstRange(of: separator) else { return nil }
        return (String(self[..<range.lowerBound]), String(self[range.upperBound...]))
    }

    fileprivate var withoutBlanksAround: String {
        let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        return String(drop(while: isBlank).reversed().drop(while: isBlank).reversed())
    }
}
