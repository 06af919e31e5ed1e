import Operations

/// The key of a backend, read from a file of its own so that it is in no configuration file and on no command line.
package struct APIKey: Sendable, Equatable {
    /// The key, which goes into the `Authorization` header and nowhere else.
    let secret: String

    init(secret: String) {
        self.secret = secret
    }

    /// Reads a key file: the key on one line, blanks around it allowed.
    ///
    /// Like an identity file it must be a regular file that neither its group nor others can touch.
    ///
    /// - Throws: ``SettingError`` of `api_key_file`, which names the file and never its content.
    package init(file path: String) throws(SettingError) {
        let bytes: [UInt8]
        do {
            bytes = try PrivateFile.read(path, limit: Self.longestFile)
        } catch {
            throw SettingError("api_key_file", found: error.found, expected: error.expected)
        }
        let text = String(decoding: bytes, as: UTF8.self)
        let key = text.split(whereSeparator: \.isWhitespace)
        guard key.count == 1, key[0].utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw SettingError("api_key_file", found: path, expected: "one API key of printable ASCII characters in it")
        }
        secret = String(key[0])
    }

    /// No key is longer; a file that is one is not a key file.
    private static let longestFile = 4096
}

extension APIKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "an API key" }

    package var debugDescription: String { description }

    /// Empty, so that `dump` and string interpolation of what holds a key do not show it.
    package var customMirror: Mirror { Mirror(self, children: []) }
}
