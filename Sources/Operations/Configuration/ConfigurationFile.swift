import Glibc
import TOMLKit

/// A configuration file that has been read and parsed, but whose keys nobody has looked at yet.
///
/// ```swift
/// let file = try ConfigurationFile(path: path)
/// var root = file.root
/// let section = try root.table("worker") { section in
///     WorkerSection(
///         name: try section.string("name", default: "worker"),
///         slots: try section.integer("slots", in: 1...64, default: 1)
///     )
/// }
/// try root.finish()
/// ```
package struct ConfigurationFile: Sendable {
    /// The longest file accepted, in bytes: a configuration is a few kilobytes, more is the wrong file.
    package static let byteLimit = 1_048_576

    /// The path as it was given, which is how error messages name the file.
    package let path: String
    /// The absolute path of the folder that relative paths in the file are relative to.
    package let folder: String
    /// The table around everything.
    package let root: ConfigurationTable

    /// Reads and parses a file.
    ///
    /// - Throws: A ``ConfigurationError`` if the file is missing, unreadable, too long or not TOML.
    package init(path: String) throws(ConfigurationError) {
        try self.init(text: Self.read(path), path: path)
    }

    /// Parses `text` as if it stood in the file at `path`.
    package init(text: String, path: String) throws(ConfigurationError) {
        // TOMLKit hands text to C++ as a C string, so what follows a NUL would be ignored without a word.
        guard !text.utf8.contains(0), !text.contains("\\u0000"), !text.contains("\\U00000000") else {
            throw Self.problem(path, nil, found: "a NUL character", expected: "TOML text without one")
        }
        let document: TOMLTable
        do {
            document = try TOMLTable(string: text)
        } catch let error as TOMLParseError {
            throw ConfigurationError([Self.syntaxProblem(error, path)])
        } catch {
            throw Self.problem(path, nil, found: "text that cannot be parsed", expected: "TOML")
        }
        let lines = ConfigurationLineIndex(text: text)
        self.path = path
        self.folder = Self.absoluteFolder(of: path)
        self.root = ConfigurationTable(
            file: path,
            folder: self.folder,
            path: ConfigurationPath(),
            line: nil,
            members: Self.members(of: document, at: ConfigurationPath(), lines)
        )
    }

    private static func syntaxProblem(_ error: TOMLParseError, _ path: String) -> ConfigurationError.Problem {
        ConfigurationError.Problem(
            file: path,
            line: error.source.begin.line,
            key: "",
            found: "a syntax error in column \(error.source.begin.column) (\(SafeText.line(error.description)))",
            expected: "TOML 1.0"
        )
    }

    private static func problem(
        _ path: String,
        _ line: Int?,
        found: String,
        expected: String
    ) -> ConfigurationError {
        ConfigurationError([.init(file: path, line: line, key: "", found: found, expected: expected)])
    }
}

// MARK: - From TOMLKit's nodes to ours

extension ConfigurationFile {
    private static func members(
        of table: TOMLTable,
        at path: ConfigurationPath,
        _ lines: ConfigurationLineIndex
    ) -> [String: ConfigurationValue] {
        var members: [String: ConfigurationValue] = [:]
        for key in table.keys {
            guard let node = table[key] else { continue }
            members[key] = self.value(of: node, at: path.appending(.key(key)), lines)
        }
        return members
    }

    private static func value(
        of node: any TOMLValueConvertible,
        at path: ConfigurationPath,
        _ lines: ConfigurationLineIndex
    ) -> ConfigurationValue {
        let content: ConfigurationValue.Content
        if let text = node.string {
            content = .string(text)
        } else if let integer = node.int {
            content = .integer(integer)
        } else if let number = node.double {
            content = .number(number)
        } else if let flag = node.bool {
            content = .bool(flag)
        } else if let array = node.array {
            content = .array(
                array.enumerated().map { index, element in
                    self.value(of: element, at: path.appending(.index(index)), lines)
                }
            )
        } else if let table = node.table {
            content = .table(self.members(of: table, at: path, lines))
        } else {
            content = .date
        }
        return ConfigurationValue(content: content, line: lines.line(of: path))
    }
}

// MARK: - Reading the file

extension ConfigurationFile {
    private static func read(_ path: String) throws(ConfigurationError) -> String {
        let descriptor: Int32
        do {
            descriptor = try SystemError.checked { open(path, O_RDONLY | O_CLOEXEC) }
        } catch {
            let remedy =
                error.number == ENOENT
                ? "a configuration file there, or another one named with --config"
                : "a file that this user can read"
            throw self.problem(path, nil, found: "\"\(error)\" on opening it", expected: remedy)
        }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        while bytes.count <= self.byteLimit {
            let chunk: [UInt8]
            do {
                chunk = try self.readChunk(descriptor)
            } catch {
                throw self.problem(path, nil, found: "\"\(error)\" on reading it", expected: "a readable file")
            }
            if chunk.isEmpty { break }
            bytes += chunk
        }
        guard bytes.count <= self.byteLimit else {
            throw self.problem(
                path,
                nil,
                found: "more than \(self.byteLimit) bytes",
                expected: "a configuration file of at most that"
            )
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw self.problem(path, nil, found: "bytes that are not UTF-8", expected: "TOML text in UTF-8")
        }
        return text
    }

    private static func readChunk(_ descriptor: Int32) throws(SystemError) -> [UInt8] {
        var failure: SystemError?
        let chunk = [UInt8](unsafeUninitializedCapacity: 65_536) { buffer, count in
            do throws(SystemError) {
                count = Int(try SystemError.checked { Int32(Glibc.read(descriptor, buffer.baseAddress, 65_536)) })
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return chunk
    }

    /// The folder of `path`, made absolute with the working directory.
    private static func absoluteFolder(of path: String) -> String {
        let folder = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        if folder.hasPrefix("/") { return folder }
        guard let working = getcwd(nil, 0) else { return folder }
        defer { free(working) }
        let base = String(cString: working)
        return folder == "." ? base : "\(base)/\(folder)"
    }
}
