import FoundationEssentials

/// Where a webhook's messages go: an HTTPS URL that a caller gave.
package struct WebhookURL: Sendable, Equatable {
    /// Longest URL, in bytes.
    package static let longest = 2048

    /// As the caller wrote it.
    package let text: String
    /// Name or address, in lower case, without brackets.
    package let host: String
    package let port: Int
    /// Whether it begins with `https`.
    package let isSecure: Bool
    /// The path and query, as a request line has them: `/hook?a=b`.
    package let target: String

    /// Why a URL is not taken.
    package struct Refusal: Error, Equatable, Sendable {
        /// A sentence for the caller.
        package let message: String
    }

    /// Checks a URL.
    ///
    /// - Parameters:
    ///   - text: Absolute, with a host.
    ///   - allowsInside: Whether `http` and inside addresses are taken, for development. A name is checked again when
    ///     it is resolved: only then is it known what it reaches.
    /// - Throws: ``Refusal``.
    package init(_ text: String, allowsInside: Bool) throws(Refusal) {
        guard text.utf8.count <= Self.longest else {
            throw Refusal(message: "a URL has at most \(Self.longest) bytes")
        }
        guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }), let components = URLComponents(string: text),
            let scheme = components.scheme?.lowercased(), let host = components.host?.lowercased(), !host.isEmpty
        else {
            throw Refusal(message: "not an absolute URL with a host")
        }
        guard scheme == "https" || (allowsInside && scheme == "http") else {
            throw Refusal(message: "the URL begins with https://")
        }
        guard components.user == nil, components.password == nil else {
            throw Refusal(message: "the URL holds no user and no password")
        }
        guard components.fragment == nil else { throw Refusal(message: "the URL has no fragment") }
        let name = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
        if !allowsInside, let fault = Self.fault(of: name) { throw Refusal(message: fault) }
        self.text = text
        self.host = name
        isSecure = scheme == "https"
        port = components.port ?? (isSecure ? 443 : 80)
        let path = components.percentEncodedPath
        target = (path.isEmpty ? "/" : path) + (components.percentEncodedQuery.map { "?\($0)" } ?? "")
        guard (1...65535).contains(port) else { throw Refusal(message: "the port is from 1 to 65535") }
    }

    /// The `Host` of a request: with the port, unless it is the scheme's own.
    package var authority: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return port == (isSecure ? 443 : 80) ? name : "\(name):\(port)"
    }

    private static func fault(of host: String) -> String? {
        if let address = InternetAddress(host) {
            return address.isPublic ? nil : "the URL names an address that is not of the open Internet"
        }
        // "127.1", "0x7f000001" and "2130706433" reach the loopback too; a name's last label is never a number.
        let labels = host.split(separator: ".", omittingEmptySubsequences: true)
        guard let last = labels.last, last.contains(where: \.isLetter), !last.hasPrefix("0x") else {
            return "the URL names no host"
        }
        let isInside = last == "localhost" || last == "local" || last == "internal" || labels.count < 2
        return isInside ? "the URL names a host that is not of the open Internet" : nil
    }
}
