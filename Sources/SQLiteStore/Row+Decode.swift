package import GRDB

extension Row {
    /// The case of a closed set of texts.
    ///
    /// The schema's `CHECK` keeps other texts out, so one that is there says that the file was changed by hand.
    ///
    /// - Throws: ``StoreError/Code/damaged``.
    package func decode<Value: RawRepresentable<String>>(_ column: String) throws(StoreError) -> Value {
        let text: String? = self[column]
        guard let value = text.flatMap(Value.init(rawValue:)) else {
            throw StoreError(.damaged, "the column \(column) holds a text that is none of ours")
        }
        return value
    }
}
