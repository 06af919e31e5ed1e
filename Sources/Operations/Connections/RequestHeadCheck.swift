import NIOHTTP1

/// What must be true of a request's head beyond HTTP's grammar, which the decoder checks.
enum RequestHeadCheck {
    /// Why the request cannot be taken; `nil` if it can.
    ///
    /// A request whose length could be read in two ways is how one caller's bytes become another's request behind a
    /// proxy, so each is refused rather than mended. Source: RFC 9112, sections 3.2, 6.1 and 6.3.
    static func refusal(of head: HTTPRequestHead, bounds: HTTPBounds) -> HTTPRefusal? {
        guard head.uri.utf8.count <= bounds.targetBytes else { return .targetTooLong }
        guard isTarget(head.uri, of: head.method) else { return .malformed }
        let hosts = head.headers["host"].count
        guard hosts == 1 || (hosts == 0 && head.version == .http1_0) else { return .malformed }
        let codings = head.headers["transfer-encoding"]
        if !codings.isEmpty {
            // Another coding than chunked would be a compressed body, and there is nothing that inflates one.
            guard codings.count == 1, codings[0].lowercased() == "chunked", head.version != .http1_0,
                !head.headers.contains(name: "content-length")
            else { return .malformed }
        }
        return nil
    }

    /// The four forms of RFC 9112, section 3.2, without `CONNECT`'s: nothing here is a proxy.
    private static func isTarget(_ target: String, of method: HTTPMethod) -> Bool {
        guard method != .CONNECT else { return false }
        let lower = target.prefix(8).lowercased()
        return target.hasPrefix("/") || lower.hasPrefix("http://") || lower.hasPrefix("https://")
            || (target == "*" && method == .OPTIONS)
    }
}
