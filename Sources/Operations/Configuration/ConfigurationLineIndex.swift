/// Which line of a TOML text each key and each array element stands on.
///
/// TOMLKit has positions for syntax errors only, so this reads the text a second time. It is given only text that
/// TOMLKit has accepted, hence checks nothing; what it does not recognise merely has no line of its own.
struct ConfigurationLineIndex {
    private var lines: [ConfigurationPath: Int] = [:]
    /// How many elements each array of tables (`[[name]]`) has so far.
    private var elementCounts: [ConfigurationPath: Int] = [:]
    private var scanner: TOMLScanner

    /// Reads the whole text.
    init(text: String) {
        self.scanner = TOMLScanner(text: text)
        var table = ConfigurationPath()
        while self.scanner.skipToContent() {
            if self.scanner.take("[") {
                table = self.readHeader()
            } else {
                self.readPair(in: table)
            }
        }
    }

    /// The line of the value at `path`, or of the nearest thing around it; the file's first line at worst.
    func line(of path: ConfigurationPath) -> Int {
        var path = path
        while !path.components.isEmpty {
            if let line = self.lines[path] { return line }
            path.components.removeLast()
        }
        return 1
    }

    /// `[a.b]` or `[[a.b]]`, the first bracket being read already.
    private mutating func readHeader() -> ConfigurationPath {
        let line = self.scanner.line
        let isElement = self.scanner.take("[")
        let keys = self.scanner.takeKeys()
        var path = ConfigurationPath()
        for (position, key) in keys.enumerated() {
            path = path.appending(.key(key))
            self.note(path, line)
            let isLast = position == keys.count - 1
            if isLast, isElement {
                self.elementCounts[path, default: 0] += 1
            }
            // A header below an array of tables continues that array's last element.
            if let count = self.elementCounts[path] {
                path = path.appending(.index(count - 1))
                self.note(path, line)
            }
        }
        self.scanner.skip { $0 == UInt8(ascii: "]") }
        return path
    }

    /// `a.b = value`.
    private mutating func readPair(in table: ConfigurationPath) {
        var path = table
        for key in self.scanner.takeKeys() {
            path = path.appending(.key(key))
            self.note(path, self.scanner.line)
        }
        if self.scanner.take("=") {
            self.readValue(at: path)
        } else {
            self.scanner.advance()
        }
    }

    private mutating func readValue(at path: ConfigurationPath) {
        self.scanner.skipSpaces()
        if self.scanner.take("[") {
            var index = 0
            while self.scanner.skipToContent(), !self.scanner.take("]") {
                let element = path.appending(.index(index))
                self.note(element, self.scanner.line)
                self.readValue(at: element)
                _ = self.scanner.skipToContent()
                _ = self.scanner.take(",")
                index += 1
            }
        } else if self.scanner.take("{") {
            while self.scanner.skipToContent(), !self.scanner.take("}") {
                self.readPair(in: path)
                _ = self.scanner.skipToContent()
                _ = self.scanner.take(",")
            }
        } else if self.scanner.takeString() == nil {
            self.scanner.skip { !TOMLScanner.endsScalar($0) }
        }
    }

    /// The first mention counts: a table's line is that of its header.
    private mutating func note(_ path: ConfigurationPath, _ line: Int) {
        if self.lines[path] == nil {
            self.lines[path] = line
        }
    }
}
