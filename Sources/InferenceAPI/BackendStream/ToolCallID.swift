/// Names for tool calls that a backend left without one.
package enum ToolCallID {
    /// `call_` and 24 random characters `[a-z0-9]`, as long as OpenAI's.
    @Sendable
    package static func random() -> String {
        let alphabet = Array("0123456789abcdefghijklmnopqrstuvwxyz".utf8)
        let characters = (0..<24).map { _ in alphabet[Int.random(in: alphabet.indices)] }
        return "call_" + String(decoding: characters, as: UTF8.self)
    }
}
