/// A setting that cannot work.
///
/// It has the parts of a configuration error and not the file and line, which only the reader of the file knows. It
/// quotes no secret.
package struct SettingError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The key in the backend's table.
    package var key: String

    /// What stands there.
    package var found: String

    /// What may stand there.
    package var expected: String

    package init(_ key: String, found: String, expected: String) {
        self.key = key
        self.found = found
        self.expected = expected
    }

    package var description: String { "\(key): found \(found), expected \(expected)" }
}
