/// A table of a configuration file, from which a component reads its keys.
///
/// Reading a key marks it as known; ``finish()`` refuses the others. A key that is missing takes its default; one
/// with a wrong type or an impossible value throws with file, line, key, what was found and what is expected.
package struct ConfigurationTable: Sendable {
    let file: String
    let folder: String
    let path: ConfigurationPath
    let members: [String: ConfigurationValue]
    private var known: Set<String> = []

    /// The line of the table's header; `nil` if the file does not have this table.
    package let line: Int?

    init(
        file: String,
        folder: String,
        path: ConfigurationPath,
        line: Int?,
        members: [String: ConfigurationValue]
    ) {
        self.file = file
        self.folder = folder
        self.path = path
        self.line = line
        self.members = members
    }

    /// Whether the table has this key.
    package func contains(_ key: String) -> Bool { self.members[key] != nil }

    /// Looks a key up and marks it as known.
    mutating func take(_ key: String) -> ConfigurationValue? {
        self.known.insert(key)
        return self.members[key]
    }

    /// Refuses the keys that nobody asked for, with a suggestion where one is close.
    package func finish() throws(ConfigurationError) {
        let unknown = self.members.filter { !self.known.contains($0.key) }
        guard !unknown.isEmpty else { return }
        throw ConfigurationError(
            unknown.map { key, value in
                let suggestion = SpellingSuggestion.closest(to: key, in: self.known)
                let expected =
                    suggestion.map { "\"\($0)\" (did you mean that?)" }
                    ?? "one of: \(self.known.sorted().joined(separator: ", "))"
                return self.problem(key, line: value.line, found: "an unknown key", expected: expected)
            }
        )
    }

    // MARK: - Errors of the reader

    /// Makes the error for a value that has the right type and yet cannot be, for checks that span keys.
    ///
    /// `found` says what is wrong; by default it is the value as it stands.
    package func error(_ key: String, found: String? = nil, expected: String) -> ConfigurationError {
        let value = self.members[key]
        let found = found ?? value?.described(isSecret: Self.isSecret(key)) ?? "nothing"
        return ConfigurationError([self.problem(key, line: value?.line ?? self.line, found: found, expected: expected)])
    }

    func problem(_ key: String, line: Int?, found: String, expected: String) -> ConfigurationError.Problem {
        ConfigurationError.Problem(
            file: self.file,
            line: line,
            key: self.path.appending(.key(key)).description,
            found: found,
            expected: expected
        )
    }

    /// Whether a key's value may be a secret, by its name; one that names a file holds none.
    static func isSecret(_ key: String) -> Bool {
        guard !key.hasSuffix("_file") else { return false }
        return ["key", "secret", "token", "password"].contains { key.contains($0) }
    }
}
