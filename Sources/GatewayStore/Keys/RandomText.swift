import Signing

/// Texts that nobody can guess, of `[a-z0-9]`.
enum RandomText {
    private static let alphabet = Array("abcdefghijklmnopqrstuvwxyz0123456789".utf8)

    /// So many characters that are each equally likely.
    static func make(_ count: Int) -> String {
        var text: [UInt8] = []
        // 252 is the largest multiple of 36 in a byte: the four values beyond would favour the first letters.
        while text.count < count {
            let fair = RandomBytes.make(count: count).filter { $0 < 252 }
            text += fair.map { alphabet[Int($0) % alphabet.count] }
        }
        return String(decoding: text.prefix(count), as: UTF8.self)
    }
}
