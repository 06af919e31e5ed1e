import Signing

/// The name of one request, the same in its answer, in the logs and at the worker.
enum RequestID {
    /// The caller's own if it is one that can stand in a header and a log; else a new one.
    static func make(from text: String?) -> String {
        if let text, (1...128).contains(text.utf8.count), text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) {
            return text
        }
        return "req_" + Hex.encode(RandomBytes.make(count: 12))
    }
}
