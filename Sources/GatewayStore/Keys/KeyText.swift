/// The text of an API key: `dcntrl_live_` or `dcntrl_test_`, and 32 characters of `[a-z0-9]`.
enum KeyText {
    static func make(_ kind: APIKey.Kind) -> String { "dcntrl_\(kind.rawValue)_" + RandomText.make(32) }

    /// A name for a key: `key_` and 16 characters.
    static func makeID() -> String { "key_" + RandomText.make(16) }
}
