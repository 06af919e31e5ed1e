extension ConfigurationTable {
    /// Reads a string that may be left out.
    package mutating func optionalString(_ key: String) throws(ConfigurationError) -> String? {
        guard let value = self.take(key) else { return nil }
        guard case .string(let text) = value.content else { throw self.error(key, expected: "a string") }
        return text
    }

    /// Reads a string that must be there and not be empty.
    package mutating func string(_ key: String) throws(ConfigurationError) -> String {
        guard let text = try self.optionalString(key), !text.isEmpty else {
            throw self.error(key, expected: "a string")
        }
        return text
    }

    /// Reads a string that is not empty.
    package mutating func string(_ key: String, default: String) throws(ConfigurationError) -> String {
        self.contains(key) ? try self.string(key) : self.defaulting(key, to: `default`)
    }

    /// Reads an integer that may be left out.
    package mutating func optionalInteger(
        _ key: String,
        in range: ClosedRange<Int>
    ) throws(ConfigurationError) -> Int? {
        guard let value = self.take(key) else { return nil }
        guard case .integer(let number) = value.content, range.contains(number) else {
            throw self.error(key, expected: Self.describe(range))
        }
        return number
    }

    /// Reads an integer that must be there.
    package mutating func integer(_ key: String, in range: ClosedRange<Int>) throws(ConfigurationError) -> Int {
        guard let number = try self.optionalInteger(key, in: range) else {
            throw self.error(key, expected: Self.describe(range))
        }
        return number
    }

    /// Reads an integer.
    package mutating func integer(
        _ key: String,
        in range: ClosedRange<Int>,
        default: Int
    ) throws(ConfigurationError) -> Int {
        try self.optionalInteger(key, in: range) ?? `default`
    }

    /// Reads a whole number of seconds; the key's name ends in `_seconds`.
    package mutating func seconds(
        _ key: String,
        in range: ClosedRange<Int>,
        default: Int
    ) throws(ConfigurationError) -> Duration {
        .seconds(try self.integer(key, in: range, default: `default`))
    }

    /// Reads a number, with or without a fraction.
    package mutating func number(
        _ key: String,
        in range: ClosedRange<Double>,
        default: Double
    ) throws(ConfigurationError) -> Double {
        let expected = "a number from \(range.lowerBound) to \(range.upperBound)"
        guard let value = self.take(key) else { return `default` }
        let number: Double
        switch value.content {
        case .number(let double): number = double
        case .integer(let integer): number = Double(integer)
        default: throw self.error(key, expected: expected)
        }
        guard range.contains(number) else { throw self.error(key, expected: expected) }
        return number
    }

    /// Reads `true` or `false`.
    package mutating func bool(_ key: String, default: Bool) throws(ConfigurationError) -> Bool {
        guard let value = self.take(key) else { return `default` }
        guard case .bool(let flag) = value.content else { throw self.error(key, expected: "true or false") }
        return flag
    }

    /// Reads one of a closed set of words, for example the kind of a backend.
    package mutating func choice<Choice>(
        _ key: String,
        default: Choice? = nil
    ) throws(ConfigurationError) -> Choice
    where Choice: RawRepresentable & CaseIterable & Sendable, Choice.RawValue == String {
        let words = Choice.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
        guard let value = self.take(key) else {
            if let `default` { return `default` }
            throw self.error(key, expected: "one of \(words)")
        }
        guard case .string(let word) = value.content, let choice = Choice(rawValue: word) else {
            throw self.error(key, expected: "one of \(words)")
        }
        return choice
    }

    /// Reads a path that may be left out; a relative one is relative to the file's folder.
    package mutating func optionalPath(_ key: String) throws(ConfigurationError) -> String? {
        guard self.contains(key) else { return self.defaulting(key, to: nil) }
        return self.resolved(try self.string(key))
    }

    /// Reads a path that must be there.
    package mutating func path(_ key: String) throws(ConfigurationError) -> String {
        self.resolved(try self.string(key))
    }

    /// Reads a path; the default, too, may be relative to the file's folder.
    package mutating func path(_ key: String, default: String) throws(ConfigurationError) -> String {
        self.resolved(try self.string(key, default: `default`))
    }

    /// Makes a path absolute with the file's folder.
    package func resolved(_ path: String) -> String {
        path.hasPrefix("/") ? path : "\(self.folder)/\(path.hasPrefix("./") ? String(path.dropFirst(2)) : path)"
    }

    /// Reads a string that may be left out and converts it, for example to an address or a URL.
    ///
    /// `expected` says what the text must be, for the error: "a base58 address". `convert` returns `nil`, or throws, if
    /// the text cannot be converted.
    package mutating func optionalValue<Value>(
        _ key: String,
        expected: String,
        _ convert: (String) throws -> Value?
    ) throws(ConfigurationError) -> Value? {
        guard let value = self.take(key) else { return nil }
        guard case .string(let text) = value.content, let converted = try? convert(text) else {
            throw self.error(key, expected: expected)
        }
        return converted
    }

    /// Reads a string that must be there and converts it; see ``optionalValue(_:expected:_:)``.
    package mutating func value<Value>(
        _ key: String,
        expected: String,
        _ convert: (String) throws -> Value?
    ) throws(ConfigurationError) -> Value {
        guard let value = try self.optionalValue(key, expected: expected, convert) else {
            throw self.error(key, expected: expected)
        }
        return value
    }

    /// Marks a key as known although its default is taken.
    private mutating func defaulting<Value>(_ key: String, to value: Value) -> Value {
        _ = self.take(key)
        return value
    }

    private static func describe(_ range: ClosedRange<Int>) -> String {
        if range.upperBound == .max {
            return range.lowerBound == .min ? "an integer" : "an integer of at least \(range.lowerBound)"
        }
        return "an integer from \(range.lowerBound) to \(range.upperBound)"
    }
}
