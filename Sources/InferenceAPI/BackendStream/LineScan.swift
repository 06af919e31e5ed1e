/// Finding the end of a line.
enum LineScan {
    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let highBits: UInt64 = 0x8080_8080_8080_8080

    /// The place of the first CR or LF from `start`, or the end of the bytes.
    ///
    /// Every byte of a backend's stream passes here once, so eight are looked at at a time: of a word with the
    /// byte sought XORed out, `(word - ones) & ~word & highBits` has its lowest set bit in the first zero byte.
    @inline(__always)
    static func lineEnd(in bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
        guard let base = bytes.baseAddress else { return start }
        let raw = UnsafeRawPointer(base)
        var index = start
        while index &+ 8 <= bytes.count {
            let word = UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: index, as: UInt64.self))
            let feeds = word ^ (ones &* 0x0A)
            let returns = word ^ (ones &* 0x0D)
            let hit = (((feeds &- ones) & ~feeds) | ((returns &- ones) & ~returns)) & highBits
            if hit != 0 { return index &+ hit.trailingZeroBitCount >> 3 }
            index &+= 8
        }
        while index < bytes.count, bytes[index] != 0x0A, bytes[index] != 0x0D {
            index &+= 1
        }
        return index
    }
}
