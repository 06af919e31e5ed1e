import Foundation
import Logging

/// One log record on its way to becoming a line.
struct LogRecord {
    let level: Logger.Level
    let label: String
    let message: String
    let metadata: Logger.Metadata

    /// Renders the record with its line end, and without any other: what comes from outside cannot make a record.
    func line(format: LogFormat, destination: LogDestination, milliseconds: Int64) -> String {
        let prefix =
            switch destination {
            case .plain: ""
            case .journal: "<\(self.priority)>"
            }
        switch format {
        case .text:
            let time = destination == .plain ? "\(RFC3339.text(milliseconds: milliseconds)) " : ""
            let level = self.level.rawValue.padding(toLength: 8, withPad: " ", startingAt: 0)
            let pairs = self.pairs.map { " \(SafeText.value($0.key))=\(SafeText.value($0.value))" }.joined()
            return "\(prefix)\(time)\(level) \(self.label): \(SafeText.line(self.message))\(pairs)\n"
        case .json:
            return prefix + self.json(milliseconds: milliseconds) + "\n"
        }
    }

    /// The metadata with nested dictionaries flattened to dotted keys, in the keys' order.
    private var pairs: [(key: String, value: String)] {
        var pairs: [(key: String, value: String)] = []
        for (key, value) in self.metadata {
            Self.flatten(key, value, into: &pairs)
        }
        return pairs.sorted { $0.key < $1.key }
    }

    private static func flatten(
        _ key: String,
        _ value: Logger.MetadataValue,
        into pairs: inout [(key: String, value: String)]
    ) {
        switch value {
        case .string(let text): pairs.append((key, text))
        case .stringConvertible(let convertible): pairs.append((key, convertible.description))
        case .dictionary(let members):
            for (name, member) in members {
                self.flatten("\(key).\(name)", member, into: &pairs)
            }
        case .array(let elements):
            var texts: [(key: String, value: String)] = []
            for element in elements {
                self.flatten("", element, into: &texts)
            }
            pairs.append((key, "[\(texts.map(\.value).joined(separator: ", "))]"))
        @unknown default: pairs.append((key, "\(value)"))
        }
    }

    private func json(milliseconds: Int64) -> String {
        var members = [
            "time": RFC3339.text(milliseconds: milliseconds), "level": self.level.rawValue, "logger": self.label,
            "message": self.message,
        ]
        // A key of ours that metadata uses as well is the record's.
        for (key, value) in self.pairs where members[key] == nil {
            members[key] = value
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(members) else { return "{}" }
        return String(decoding: data, as: UTF8.self)
    }

    /// Syslog's numbers, which the journal shows as priorities (sd-daemon(3)).
    private var priority: Int {
        switch self.level {
        case .trace, .debug: 7
        case .info: 6
        case .notice: 5
        case .warning: 4
        case .error: 3
        case .critical: 2
        }
    }
}
