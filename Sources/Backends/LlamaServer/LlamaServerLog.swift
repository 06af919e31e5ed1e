/// What of a llama-server's output may be logged, as a value that takes it line by line.
///
/// llama.cpp has places that print parts of prompts and outputs: grammars that do not parse, tool calls that do not,
/// everything at higher verbosity. No list of prefixes is safe against that, because a prompt can hold a line that looks
/// like any other. So the text of a line passes only as long as no request was sent to this process; afterwards a line
/// is at most recognised, and a sentence of ours says what it was.
struct LlamaServerLog: Sendable {
    enum Entry: Sendable, Equatable {
        /// A line from before the first request, shortened and without control characters.
        case text(String)

        /// What a later line was about, in our words.
        case remark(String)
    }

    /// Lines that were not passed on.
    private(set) var droppedLines = 0

    private var passedLines = 0
    private var hasSeenRequest = false
    private var lastLine: String?
    private var lastComplaint: String?

    /// A request is about to be sent: no text passes from now on.
    mutating func requestWillBeSent() {
        guard !hasSeenRequest else { return }
        hasSeenRequest = true
        // What it said while it started does not explain an end after it served.
        (lastLine, lastComplaint) = (nil, nil)
    }

    /// Why the process may have ended, as far as it can be told: the last complaint, else the last line before the
    /// first request.
    var lastWords: String? { lastComplaint ?? lastLine }

    /// Takes a line and returns what to log of it.
    mutating func take(_ line: some Collection<UInt8>) -> Entry? {
        let remark = Self.remark(on: line)
        if let remark { lastComplaint = remark }
        if hasSeenRequest {
            if let remark { return .remark(remark) }
            droppedLines += 1
            return nil
        }
        let text = Self.printable(line)
        guard !text.isEmpty else { return nil }
        lastLine = text
        if Self.isComplaint(text) { lastComplaint = text }
        guard passedLines < Self.mostLines else {
            droppedLines += 1
            return nil
        }
        passedLines += 1
        return .text(text)
    }

    /// Lines that pass before the first request; a real server prints a few hundred while it loads.
    private static let mostLines = 2000

    /// Bytes of a line that pass.
    private static let longestText = 300

    private static let remarks: [(signature: String, remark: String)] = [
        ("out of memory", "llama-server is out of memory"),
        ("failed to allocate", "llama-server could not allocate memory"),
        ("CUDA error", "llama-server reports a CUDA error"),
        ("GGML_ASSERT", "llama-server stopped at an assertion"),
        ("couldn't bind", "llama-server could not bind its socket"),
        ("failed to load model", "llama-server could not load the model"),
    ]

    private static func remark(on line: some Collection<UInt8>) -> String? {
        remarks.first { line.contains($0.signature.utf8) }?.remark
    }

    private static func isComplaint(_ text: String) -> Bool {
        let text = text.lowercased()
        return ["error", "fail", "invalid", "cannot", "can't", "no such file"].contains { text.contains($0) }
    }

    private static func printable(_ line: some Collection<UInt8>) -> String {
        let scalars = String(decoding: line.prefix(longestText), as: UTF8.self).unicodeScalars
        let visible = scalars.filter { $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) }
        let text = String(String.UnicodeScalarView(visible))
        return text.allSatisfy(\.isWhitespace) ? "" : text
    }
}
