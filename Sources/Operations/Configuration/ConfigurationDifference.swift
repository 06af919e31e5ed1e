/// One thing in which two versions of a configuration file differ.
///
/// Only what is said counts: comments, order and spelling do not. A key that is not there has its default.
package struct ConfigurationDifference: Sendable, Equatable, CustomStringConvertible {
    /// The section's header: `worker`, `model`.
    package let section: String
    /// Which of several sections of that header, by its `id` or `name`.
    package let element: String?
    /// `nil`: the whole section came or went.
    package let key: String?
    private let text: String

    /// For people: `model qwen3-8b: max_concurrent_jobs 8 → 4`.
    package var description: String {
        let place = element.map { "\(section) \(SafeText.line($0))" } ?? section
        return "\(place): \(key.map { "\(SafeText.line($0)) \(text)" } ?? text)"
    }

    /// Everything in which two files differ, section by section, keys in the order of the alphabet.
    package static func all(from old: ConfigurationFile, to new: ConfigurationFile) -> [ConfigurationDifference] {
        let (old, new) = (Self.sections(of: old), Self.sections(of: new))
        let added = new.places.filter { old.keys[$0] == nil }
        // Sorting is stable: within a section, what came follows what was there.
        let places = (old.places + added).sorted { $0.section < $1.section }
        return places.flatMap { place -> [ConfigurationDifference] in
            func difference(_ key: String?, _ text: String) -> ConfigurationDifference {
                ConfigurationDifference(section: place.section, element: place.element, key: key, text: text)
            }
            if place.element != nil {
                if old.keys[place] == nil { return [difference(nil, "added")] }
                if new.keys[place] == nil { return [difference(nil, "removed")] }
            }
            let (before, after) = (old.keys[place] ?? [:], new.keys[place] ?? [:])
            return Set(before.keys).union(after.keys).sorted().compactMap { key in
                guard before[key] != after[key] else { return nil }
                let isSecret = [before[key], after[key]].contains { $0?.mayBeSecret(key) == true }
                if isSecret { return difference(key, "changed") }
                return difference(key, "\(before[key]?.text ?? "default") → \(after[key]?.text ?? "default")")
            }
        }
    }

    // MARK: Sections

    private struct Place: Hashable {
        var section: String
        var element: String?
    }

    /// What a file says, without the lines on which it does.
    private struct Sections {
        /// In the order of the names; elements in that of the file.
        var places: [Place] = []
        var keys: [Place: [String: ConfigurationValue.Content]] = [:]

        mutating func add(_ place: Place, _ members: [String: ConfigurationValue]) {
            places.append(place)
            keys[place] = members.mapValues(\.content.withoutLines)
        }
    }

    private static func sections(of file: ConfigurationFile) -> Sections {
        var sections = Sections()
        for (section, value) in file.root.members.sorted(by: { $0.key < $1.key }) {
            switch value.content {
            case .table(let members):
                sections.add(Place(section: section), members)
            case .array(let elements):
                for (index, element) in elements.enumerated() {
                    guard case .table(let members) = element.content else { continue }
                    sections.add(Place(section: section, element: name(of: members) ?? "\(index + 1)"), members)
                }
            default:
                break
            }
        }
        return sections
    }

    private static func name(of members: [String: ConfigurationValue]) -> String? {
        for key in ["id", "name"] {
            if case .string(let name)? = members[key]?.content { return name }
        }
        return nil
    }
}

extension ConfigurationValue.Content {
    /// The same with every line number 0, so that two values are equal that say the same.
    fileprivate var withoutLines: Self {
        switch self {
        case .array(let elements):
            .array(elements.map { ConfigurationValue(content: $0.content.withoutLines, line: 0) })
        case .table(let members):
            .table(members.mapValues { ConfigurationValue(content: $0.content.withoutLines, line: 0) })
        default: self
        }
    }

    /// As it would stand in the file.
    fileprivate var text: String {
        switch self {
        case .string(let text): "\"\(SafeText.line(text))\""
        case .integer(let number): "\(number)"
        case .number(let number): "\(number)"
        case .bool(let flag): "\(flag)"
        case .date: "a date"
        case .array(let elements): "[\(elements.map(\.content.text).joined(separator: ", "))]"
        case .table(let members):
            "{ \(members.sorted { $0.key < $1.key }.map { "\($0) = \($1.content.text)" }.joined(separator: ", ")) }"
        }
    }

    /// Whether it is not to be shown: a text that a key like this may keep secret.
    fileprivate func mayBeSecret(_ key: String) -> Bool {
        if case .string(let text) = self { ConfigurationTable.isSecret(key) || text.contains("@") } else { false }
    }
}
