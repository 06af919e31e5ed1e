import Signing

/// The text of an API key: `dcntrl_live_` or `dcntrl_test_`, and 32 characters of `[a-z0-9]`.
enum KeyText {
    private static let alphabet = Array("abcdefghijklmnopqrstuvwxyz0123456789".utf8)

    static func make(_ kind: APIKey.Kind) -> String { "dcntrl_\(kind.rawValue)_" + characters(32) }

    /// A name for a key: `key_` and 16 characters.
    static func makeID() -> String { "key_" + characters(16) }

    /// Characters that are each equally likely.
    private static func characters(_ count: Int) -> String {
        var text: [UInt8] = []
        // 252 is the largest multiple of 36 in a byte: the four values beyond would favour the first letters.
        while text.count < count {
            let fair = RandomBytes.make(count: count).filter { $0 < 252 }
            text += fair.map { alphabet[Int($0) % alphabet.count] }
        }
        return String(decoding: text.prefix(count), as: UTF8.self)
    }
}
