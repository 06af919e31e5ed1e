/// What a reader of foreign JSON is ready to hold.
package struct JSONLimits: Sendable, Equatable {
    /// How deep arrays and objects may be nested; `[]` is 1.
    package var maximumDepth: Int
    /// Longest text, in bytes.
    package var maximumBytes: Int
    /// How many values the tree may have, arrays and objects included: a text of 4 MiB could hold two million,
    /// each many times as large in memory as its one digit.
    package var maximumValues: Int

    package init(maximumDepth: Int = 64, maximumBytes: Int = 8 << 20, maximumValues: Int = 500_000) {
        self.maximumDepth = maximumDepth
        self.maximumBytes = maximumBytes
        self.maximumValues = maximumValues
    }

    package static let standard = JSONLimits()
}
