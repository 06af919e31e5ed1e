import FoundationEssentials

/// Where an OpenAI-compatible server is.
package struct OpenAIEndpoint: Sendable, Equatable {
    /// The base URL as the HTTP client takes it, without a slash at its end: `http://127.0.0.1:8000/v1`, or
    /// `http+unix://%2Frun%2Fllama.sock/v1` for a Unix socket.
    let base: String

    /// The base without `/v1`: where servers keep what is not OpenAI's, such as `/health`.
    let root: String

    /// The URL as it was configured, for messages.
    package let display: String

    /// Reads a URL from a configuration.
    ///
    /// Shape: `http://host[:port]/path`, `https://host[:port]/path`, or `unix:/path.sock`, whose base path is `/v1`.
    ///
    /// - Throws: ``SettingError`` of `url`.
    package init(url: String) throws(SettingError) {
        if url.hasPrefix("unix:") {
            try self.init(socket: String(url.dropFirst("unix:".count)))
            return
        }
        guard let parts = URLComponents(string: url), let scheme = parts.scheme?.lowercased(), let host = parts.host,
            !host.isEmpty, scheme == "http" || scheme == "https"
        else {
            throw SettingError(
                "url",
                found: "\"\(url)\"",
                expected: "a URL such as http://127.0.0.1:8000/v1 or unix:/run/llama.sock"
            )
        }
        guard parts.user == nil, parts.password == nil else {
            // Not quoted: it holds a password.
            throw SettingError(
                "url",
                found: "a user name or password in the URL of \(host)",
                expected: "the key in api_key_file"
            )
        }
        guard parts.query == nil, parts.fragment == nil else {
            throw SettingError("url", found: "\"\(url)\"", expected: "a URL without query and fragment")
        }
        var base = url
        while base.hasSuffix("/") { base.removeLast() }
        let root = base.hasSuffix("/v1") ? String(base.dropLast("/v1".count)) : base
        self.init(base: base, root: root, display: url)
    }

    /// The server behind a Unix socket, with the base path `/v1`.
    package init(socket path: String) throws(SettingError) {
        guard path.hasPrefix("/"), !path.utf8.contains(0) else {
            throw SettingError("url", found: "\"unix:\(path)\"", expected: "unix: and an absolute path")
        }
        guard path.utf8.count <= Self.longestSocketPath else {
            throw SettingError(
                "url",
                found: "a socket path of \(path.utf8.count) bytes, \(path)",
                expected: "at most \(Self.longestSocketPath) bytes"
            )
        }
        let root = "http+unix://\(Self.percentEncoded(path))"
        self.init(base: "\(root)/v1", root: root, display: "unix:\(path)")
    }

    private init(base: String, root: String, display: String) {
        self.base = base
        self.root = root
        self.display = display
    }

    /// The longest path of a Unix socket in bytes: `sun_path` of `sockaddr_un` has 108 with the zero at its end.
    static let longestSocketPath = 107

    /// A path as the host of a URL: all but RFC 3986's unreserved characters as `%XX`.
    private static func percentEncoded(_ path: String) -> String {
        let digits = Array("0123456789ABCDEF".unicodeScalars)
        var encoded = String.UnicodeScalarView()
        for byte in path.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
                encoded.append(Unicode.Scalar(byte))
            default:
                encoded.append("%")
                encoded.append(digits[Int(byte >> 4)])
                encoded.append(digits[Int(byte & 0xF)])
            }
        }
        return String(encoded)
    }
}
