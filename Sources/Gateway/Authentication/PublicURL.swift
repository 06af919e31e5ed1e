import FoundationEssentials

/// The URL under which callers reach the API, as they sign it.
///
/// A proxy may stand before the gateway, so that neither its listen address nor a `Host` header can be trusted for it.
package struct PublicURL: Sendable, Equatable {
    /// Scheme and authority: `https://api.example`.
    package let origin: String
    /// The authority alone: what a wallet shows when it asks whether to sign in.
    package let domain: String
    /// The base path that callers use, without a slash at its end: `/v1`.
    package let basePath: String

    /// Reads `https://HOST[:PORT]/v1`; `nil` for anything else, a query or a user included.
    ///
    /// The path may be empty, or lead to `/v1` under another prefix when a proxy takes that away.
    package init?(_ text: String) {
        guard let components = URLComponents(string: text), let scheme = components.scheme?.lowercased(),
            scheme == "https" || scheme == "http", let host = components.host, !host.isEmpty,
            components.user == nil, components.query == nil, components.fragment == nil
        else { return nil }
        let authority = components.port.map { "\(host):\($0)" } ?? host
        domain = authority.lowercased()
        origin = "\(scheme)://\(domain)"
        let path = components.percentEncodedPath
        basePath = path.hasSuffix("/") ? String(path.dropLast()) : path
    }

    /// The URL of a gateway that no proxy stands before.
    init(listening host: String, port: Int) {
        domain = "\(host.contains(":") ? "[\(host)]" : host):\(port)".lowercased()
        origin = "http://\(domain)"
        basePath = "/v1"
    }

    /// The whole URL, without a slash at its end.
    package var text: String { origin + basePath }

    /// The path and query that a caller signed for a request that arrived with `pathAndQuery`.
    ///
    /// Routes begin with `/v1` here; what stands before it in the public URL is a proxy's.
    func signedPath(_ pathAndQuery: String) -> String {
        guard basePath.hasSuffix("/v1") else { return pathAndQuery }
        return basePath.dropLast(3) + pathAndQuery
    }
}
