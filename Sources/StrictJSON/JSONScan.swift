/// Finding the bytes of a string that stand for themselves.
enum JSONScan {
    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let highBits: UInt64 = 0x8080_8080_8080_8080

    /// How many bytes from `start` need no attention: neither a control character, nor a quote, nor a backslash.
    ///
    /// The set is the same when a string is read and when it is written. Eight bytes are looked at at a time:
    /// of `word`, `(word - n × ones) & ~word & highBits` has its lowest set bit in the first byte below `n`.
    @inline(__always)
    static func plainRun(in bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
        guard let base = bytes.baseAddress else { return 0 }
        let raw = UnsafeRawPointer(base)
        var index = start
        while index &+ 8 <= bytes.count {
            let word = UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: index, as: UInt64.self))
            let quotes = word ^ (ones &* 0x22)
            let backslashes = word ^ (ones &* 0x5C)
            let hits =
                ((word &- ones &* 0x20) & ~word)
                | ((quotes &- ones) & ~quotes)
                | ((backslashes &- ones) & ~backslashes)
            let hit = hits & highBits
            if hit != 0 {
                return index &+ hit.trailingZeroBitCount >> 3 &- start
            }
            index &+= 8
        }
        while index < bytes.count {
            let byte = bytes[index]
            if byte < 0x20 || byte == 0x22 || byte == 0x5C { break }
            index &+= 1
        }
        return index &- start
    }
}
