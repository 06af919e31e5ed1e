/// The fewest tokens that a prompt can have, whatever tokenizer its model has.
///
/// What this says is too long is too long; where it is in doubt, it says too little. Tokenizers cut a text at its spaces
/// before they look for tokens, so each word is at least one; the few that do not ("SuperBPE") make one of some words
/// together, so a quarter of the words is counted. A text without spaces is counted by its bytes: the longest tokens
/// are runs of 128 spaces, and here none is taken to have more than 512 bytes.
struct PromptFloor: Sendable {
    static let wordsPerToken = 4
    static let bytesPerToken = 512

    private var words = 0
    private var bytes = 0

    mutating func add(_ text: String) {
        var isInWord = false
        for byte in text.utf8 {
            let isSpace = byte == 0x20 || (0x09...0x0D).contains(byte)
            if !isSpace && !isInWord { words += 1 }
            isInWord = !isSpace
        }
        bytes += text.utf8.count
    }

    var tokens: Int { max(1, words / Self.wordsPerToken, bytes / Self.bytesPerToken) }
}
