import HTTPTypes

/// Which web pages may read answers of the API (CORS).
///
/// Credentials in the browser's sense (cookies) are never allowed: a page sends its key itself. Source: the Fetch
/// standard, "HTTP-network or cache", <https://fetch.spec.whatwg.org/#http-cors-protocol>.
struct CrossOriginPolicy: Sendable {
    private let origins: Set<String>
    private var takesAny: Bool { origins.contains("*") }

    /// - Parameter origins: As browsers send them, `https://app.example`; `*` is any; none is off.
    init(allowing origins: some Sequence<String>) {
        self.origins = Set(origins)
    }

    /// What every answer carries, an error too, to a request with that `Origin` or none.
    func headers(for origin: String?) -> HTTPFields {
        guard !origins.isEmpty else { return [:] }
        if takesAny { return [.accessControlAllowOrigin: "*", .accessControlExposeHeaders: Self.exposed] }
        // A cache must not give one page's answer to another.
        var headers: HTTPFields = [.vary: "Origin"]
        if let origin, origins.contains(origin) {
            headers[.accessControlAllowOrigin] = origin
            headers[.accessControlExposeHeaders] = Self.exposed
        }
        return headers
    }

    /// The answer to a preflight, beside ``headers(for:)``; `nil` if the request is none, or not from an allowed page.
    ///
    /// It is an `OPTIONS` request, which no browser authenticates; `methods` are what its path takes.
    func preflight(_ request: HTTPRequest, methods: [String]) -> HTTPFields? {
        guard request.method == .options, let origin = request.headerFields[.origin],
            request.headerFields[.accessControlRequestMethod] != nil, takesAny || origins.contains(origin)
        else { return nil }
        return [
            .accessControlAllowMethods: methods.joined(separator: ", "),
            // The wildcard does not cover the one header that is always sent.
            .accessControlAllowHeaders: "Authorization, *",
            .accessControlMaxAge: "600",
        ]
    }

    /// Whether text is an origin as browsers send it, or `*`.
    static func isOrigin(_ text: String) -> Bool {
        if text == "*" { return true }
        guard let scheme = ["https://", "http://"].first(where: text.hasPrefix) else { return false }
        let host = text.dropFirst(scheme.count)
        return !host.isEmpty && host.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
            && !host.contains { "/?#@\\,".contains($0) || $0.isUppercase }
    }

    private static let exposed = [
        HTTPField.Name.jobID, .txSignature, .settlementTx, .worker, .creditsRemaining, .requestID, .shouldRetry,
        .retryAfter,
    ].map(\.rawName).joined(separator: ", ")
}
