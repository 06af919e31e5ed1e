import Synchronization

/// What a callback was given, in order.
final class Received: Sendable {
    private let state = Mutex<(texts: [String], bodyBytes: Int)>(([], 0))

    func append(_ text: String) { state.withLock { $0.texts.append(text) } }

    func noteBody(_ bytes: Int) { state.withLock { $0.bodyBytes = bytes } }

    var all: [String] { state.withLock { $0.texts } }

    var bodyBytes: Int { state.withLock { $0.bodyBytes } }
}
