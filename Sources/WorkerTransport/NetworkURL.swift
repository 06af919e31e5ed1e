/// Where a network's gateway takes workers: `https://host:port`, or `http://` on loopback.
package struct NetworkURL: Sendable, Hashable, CustomStringConvertible {
    package let usesTLS: Bool
    package let host: String
    package let port: Int

    /// Reads a URL.
    ///
    /// - Throws: ``TransportError/Code/invalidURL``; the message says what is expected.
    package init(_ text: String) throws(TransportError) {
        func invalid(_ why: String) -> TransportError {
            TransportError(.invalidURL, "\"\(text)\" \(why); expected https://HOST:PORT, or http://127.0.0.1:PORT")
        }
        let rest: Substring
        if text.hasPrefix("https://") {
            usesTLS = true
            rest = text.dropFirst(8)
        } else if text.hasPrefix("http://") {
            usesTLS = false
            rest = text.dropFirst(7)
        } else {
            throw invalid("has no scheme https:// or http://")
        }
        let authority = rest.hasSuffix("/") ? rest.dropLast() : rest
        guard !authority.contains(where: { "/?#@ ".contains($0) }) else {
            throw invalid("holds more than a host and a port")
        }
        guard let (host, port) = HostPort.parse(authority) else { throw invalid("names no port from 1 to 65535") }
        self.host = host
        self.port = port
        guard usesTLS || HostPort.isLoopback(host) else {
            throw invalid("sends jobs unencrypted over a network")
        }
    }

    /// The `host:port` of `Hello.authority`, in lower case.
    package var authority: String { HostPort.format(host, port) }

    package var description: String { "\(usesTLS ? "https" : "http")://\(authority)" }
}

/// `host:port` texts; an IPv6 address stands in brackets.
package enum HostPort {
    /// - Returns: The host without brackets in lower case and the port, or `nil` if the text is none.
    package static func parse(_ text: some StringProtocol) -> (host: String, port: Int)? {
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
            (0...65535).contains(port)
        else { return nil }
        var host = String(text[..<colon]).lowercased()
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = String(host.dropFirst().dropLast())
        } else if host.contains(":") {
            return nil
        }
        return host.isEmpty ? nil : (host, port)
    }

    package static func format(_ host: String, _ port: Int) -> String {
        host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }

    /// Whether the host names this machine: 127.0.0.0/8, ::1 or localhost.
    package static func isLoopback(_ host: String) -> Bool {
        if host == "localhost" || host == "::1" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }

    /// The names under which a listener can be dialled without a configured one: its own, and on loopback the others
    /// of this machine.
    package static func names(ofListener host: String, _ port: Int) -> [String] {
        let hosts = isLoopback(host) ? [host, "127.0.0.1", "localhost", "::1"] : [host]
        return hosts.map { format($0, port) }
    }

    /// Whether the host is an IPv4 address and not a name.
    static func isIPv4(_ host: String) -> Bool {
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts.allSatisfy { UInt8($0) != nil }
    }
}
