import Operations

/// Names and values under each other, for one thing on the command line; what has no value is left out.
struct FieldList {
    private let fields: [(name: String, value: String)]

    init(_ fields: KeyValuePairs<String, String?>) {
        self.fields = fields.compactMap { name, value in value.map { (name, $0) } }
    }

    /// A line each, the values in one column.
    var text: String {
        let width = fields.map(\.name.count).max() ?? 0
        return fields.map { name, value in
            let blanks = String(repeating: " ", count: width - name.count + 2)
            return "\(name)\(blanks)\(SafeText.line(value))\n"
        }.joined()
    }
}
