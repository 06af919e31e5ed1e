/// Rows under titles, for a list on the command line: aligned text or CSV.
package struct TextTable: Sendable {
    /// One column.
    package struct Column: Sendable {
        /// On which side the values stand flush.
        package enum Alignment: Sendable {
            case left
            /// For numbers.
            case right
        }

        package var title: String
        package var alignment: Alignment

        package init(_ title: String, _ alignment: Alignment = .left) {
            self.title = title
            self.alignment = alignment
        }
    }

    private let columns: [Column]
    private var rows: [[String]] = []

    package init(_ columns: [Column]) {
        self.columns = columns
    }

    /// Adds a row; it has a value for each column.
    package mutating func append(_ row: [String]) {
        precondition(row.count == self.columns.count, "a row of \(row.count) values under \(self.columns.count) titles")
        self.rows.append(row)
    }

    package var isEmpty: Bool { self.rows.isEmpty }

    /// Columns two spaces apart, without trailing blanks, each line with its end.
    ///
    /// The width of a value is its number of characters: right for everything that our tables hold, and off by the
    /// width of East Asian letters and emoji in a name.
    package var text: String {
        let lines = ([self.columns.map { $0.title.uppercased() }] + self.rows).map { $0.map { SafeText.line($0) } }
        let widths = self.columns.indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
        var text = ""
        for line in lines {
            var cells = zip(self.columns, zip(line, widths)).map { column, cell in
                Self.pad(cell.0, to: cell.1, column.alignment)
            }.joined(separator: "  ")
            while cells.last == " " {
                cells.removeLast()
            }
            text += cells + "\n"
        }
        return text
    }

    /// RFC 4180 with plain line feeds, which is what Unix tools expect; titles are the first record.
    package var csv: String {
        ([self.columns.map(\.title)] + self.rows)
            .map { $0.map(Self.quoted).joined(separator: ",") + "\n" }
            .joined()
    }

    private static func pad(_ text: String, to width: Int, _ alignment: Column.Alignment) -> String {
        let blanks = String(repeating: " ", count: max(0, width - text.count))
        switch alignment {
        case .left: return text + blanks
        case .right: return blanks + text
        }
    }

    private static func quoted(_ value: String) -> String {
        let special: Set<Character> = [",", "\"", "\n", "\r", "\r\n"]
        guard value.contains(where: special.contains) else { return value }
        return "\"\(value.replacing("\"", with: "\"\""))\""
    }
}
