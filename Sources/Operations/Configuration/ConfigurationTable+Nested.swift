extension ConfigurationTable {
    /// Reads an array of strings; left out, it is `default`.
    package mutating func strings(_ key: String, default: [String] = []) throws(ConfigurationError) -> [String] {
        guard let value = self.take(key) else { return `default` }
        guard case .array(let elements) = value.content else { throw self.error(key, expected: "an array of strings") }
        var strings: [String] = []
        for (index, element) in elements.enumerated() {
            guard case .string(let text) = element.content else {
                throw ConfigurationError([
                    .init(
                        file: self.file,
                        line: element.line,
                        key: self.path.appending(.key(key)).appending(.index(index)).description,
                        found: element.described(isSecret: Self.isSecret(key)),
                        expected: "a string"
                    )
                ])
            }
            strings.append(text)
        }
        return strings
    }

    /// The table of that name; an empty one if the file does not have it.
    ///
    /// The caller reads its keys and calls ``finish()`` on it; ``table(_:_:)`` does both.
    package mutating func table(_ key: String) throws(ConfigurationError) -> ConfigurationTable {
        let path = self.path.appending(.key(key))
        guard let value = self.take(key) else {
            return ConfigurationTable(file: self.file, folder: self.folder, path: path, line: nil, members: [:])
        }
        guard case .table(let members) = value.content else {
            throw self.error(key, expected: "a table, [\(path)]")
        }
        return ConfigurationTable(
            file: self.file,
            folder: self.folder,
            path: path,
            line: value.line,
            members: members
        )
    }

    /// The tables of an array of tables (`[[name]]`), in the order of the file; none if the file has none.
    package mutating func tables(_ key: String) throws(ConfigurationError) -> [ConfigurationTable] {
        guard let value = self.take(key) else { return [] }
        let path = self.path.appending(.key(key))
        let expected = "an array of tables, [[\(path)]]"
        guard case .array(let elements) = value.content else { throw self.error(key, expected: expected) }
        var tables: [ConfigurationTable] = []
        for (index, element) in elements.enumerated() {
            guard case .table(let members) = element.content else { throw self.error(key, expected: expected) }
            tables.append(
                ConfigurationTable(
                    file: self.file,
                    folder: self.folder,
                    path: path.appending(.index(index)),
                    line: element.line,
                    members: members
                )
            )
        }
        return tables
    }

    /// Reads the table of that name with `read`, then refuses the keys that `read` did not ask for.
    package mutating func table<Section>(
        _ key: String,
        _ read: (inout ConfigurationTable) throws -> Section
    ) throws -> Section {
        var table = try self.table(key)
        let section = try read(&table)
        try table.finish()
        return section
    }

    /// Reads each table of an array of tables with `read`, and reports the problems of all of them together.
    package mutating func tables<Section>(
        _ key: String,
        _ read: (inout ConfigurationTable) throws -> Section
    ) throws -> [Section] {
        var sections: [Section] = []
        var problems = ConfigurationProblems()
        for var table in try self.tables(key) {
            try problems.collect {
                let section = try read(&table)
                try table.finish()
                sections.append(section)
            }
        }
        guard problems.isEmpty else { throw problems.error }
        return sections
    }
}
