/// Cuts a process's output into lines, however it was cut on the way.
///
/// Bound: of a line longer than ``longestLine`` the rest is dropped.
struct OutputLines: Sendable {
    static let longestLine = 4096

    private var line: [UInt8] = []

    /// Takes bytes and hands over each line that they end, without its line feed.
    mutating func feed(_ bytes: UnsafeRawBufferPointer, line take: (ArraySlice<UInt8>) -> Void) {
        for byte in bytes {
            if byte == UInt8(ascii: "\n") {
                take(line[...])
                line.removeAll(keepingCapacity: true)
            } else if line.count < Self.longestLine {
                line.append(byte)
            }
        }
    }

    /// Hands over what came after the last line feed.
    mutating func end(line take: (ArraySlice<UInt8>) -> Void) {
        if !line.isEmpty { take(line[...]) }
        line.removeAll()
    }
}
