import ArgumentParser
import Foundation

/// `--json`, which every reading command takes.
package struct OutputOptions: ParsableArguments {
    @Flag(name: .long, help: "Print JSON, as the local API answers it.")
    package var json = false

    package init() {}

    /// Prints `value` as JSON if that was asked for, else what `text` makes of it, which ends with a line end.
    package func print<Value: Encodable>(_ value: Value, text: (Value) -> String) throws {
        try StandardOutput.write(self.json ? StandardOutput.json(value) : text(value))
    }
}

/// `--json` and `--csv`, which every list takes.
package struct ListOutputOptions: ParsableArguments {
    @Flag(name: .long, help: "Print JSON, as the local API answers it.")
    package var json = false

    @Flag(name: .long, help: "Print comma-separated values with a line of titles.")
    package var csv = false

    package init() {}

    package func validate() throws {
        if self.json, self.csv {
            throw ValidationError("--json and --csv exclude each other.")
        }
    }

    /// Prints `value` as JSON if that was asked for, else its table as CSV or aligned text.
    ///
    /// `empty` is the sentence for an empty list, where it is read by a person: "No jobs yet."
    package func print<Value: Encodable>(_ value: Value, empty: String, table: (Value) -> TextTable) throws {
        if self.json {
            return try StandardOutput.write(StandardOutput.json(value))
        }
        let table = table(value)
        if self.csv {
            StandardOutput.write(table.csv)
        } else {
            StandardOutput.write(table.isEmpty ? empty + "\n" : table.text)
        }
    }
}

/// What a command has to say.
enum StandardOutput {
    static func write(_ text: String) {
        FileHandle.standardOutput.write(Data(text.utf8))
    }

    static func json(_ value: some Encodable) throws -> String {
        String(decoding: try LocalJSON.encodePretty(value), as: UTF8.self) + "\n"
    }
}
