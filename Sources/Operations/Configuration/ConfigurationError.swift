/// Why a configuration cannot be used: every problem that was found, each with the place to mend.
///
/// Text form, one line each: `FILE:LINE: KEY: found …, expected …`.
package struct ConfigurationError: Error, Sendable, Equatable, CustomStringConvertible {
    /// One thing to mend.
    package struct Problem: Sendable, Equatable, CustomStringConvertible {
        /// The file's path as it was given.
        package var file: String
        /// Counted from 1; `nil` when the file as a whole is meant.
        package var line: Int?
        /// The key's full path, for example `model[2].backend`; empty for a syntax error.
        package var key: String
        /// What stands there; values that may be secret are described, not quoted.
        package var found: String
        /// What may stand there.
        package var expected: String

        package var description: String {
            let place = self.line.map { "\(self.file):\($0)" } ?? self.file
            let key = self.key.isEmpty ? "" : "\(self.key): "
            return "\(place): \(key)found \(self.found), expected \(self.expected)"
        }
    }

    /// At least one, in the order of the file's lines.
    package private(set) var problems: [Problem]

    package init(_ problems: [Problem]) {
        precondition(!problems.isEmpty, "a configuration error without a problem")
        self.problems = problems.sorted { ($0.line ?? 0) < ($1.line ?? 0) }
    }

    package var description: String { self.problems.map(\.description).joined(separator: "\n") }
}

extension CommandError {
    /// A wrong configuration, as the end of a command.
    package init(_ error: ConfigurationError) {
        self.init(.usage, error.description, cause: error)
    }
}
