/// Puts the pieces of a stream's tool calls into the one form that deltas have.
///
/// Servers differ: some repeat id and name in every piece, some send neither id nor index, some give all calls of
/// a choice the index 0. Afterwards the calls of a choice are numbered from 0 in order of appearance, the first
/// piece has an id, and no piece repeats it or the name, because clients join what is repeated.
struct ToolCallNumbering: Sendable {
    /// More than any request can ask for: eight choices of 128 tool calls.
    static let maximumCalls = 1024

    private struct Call: Sendable {
        var choice: Int
        /// As the backend counts.
        var backendIndex: Int
        var backendID: String
        var index: Int
        var hasName: Bool
    }

    private var calls: [Call] = []

    /// Rewrites one piece.
    ///
    /// - Returns: Whether anything is left of it.
    mutating func rewrite(
        _ piece: inout ToolCallDelta,
        choice: Int,
        makeID: () -> String
    ) throws(BackendStreamError) -> Bool {
        let known = calls.lastIndex { $0.choice == choice && $0.backendIndex == piece.index }
        if let known, !begins(piece, after: calls[known]) {
            if calls[known].hasName { piece.name = "" }
            calls[known].hasName = calls[known].hasName || !piece.name.isEmpty
            piece.id = ""
            piece.index = calls[known].index
            return !(piece.name.isEmpty && piece.arguments.isEmpty)
        }
        guard calls.count < Self.maximumCalls else {
            throw BackendStreamError(
                code: .tooManyToolCalls,
                message: "the stream has more than \(Self.maximumCalls) tool calls"
            )
        }
        let index = calls.count { $0.choice == choice }
        calls.append(
            Call(
                choice: choice,
                backendIndex: piece.index,
                backendID: piece.id,
                index: index,
                hasName: !piece.name.isEmpty
            )
        )
        piece.index = index
        if piece.id.isEmpty { piece.id = makeID() }
        return true
    }

    /// Whether a piece with the index of a known call is another call all the same: it has its own name and id.
    private func begins(_ piece: ToolCallDelta, after known: Call) -> Bool {
        !piece.name.isEmpty && !piece.id.isEmpty && piece.id != known.backendID
    }
}
