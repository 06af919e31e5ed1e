/// A piece of one tool call.
///
/// Pieces with the same ``index`` in a choice belong together: the first has the id, one of them the name, and
/// the arguments of all are joined.
package struct ToolCallDelta: Sendable, Equatable {
    /// Which tool call of the choice, from 0.
    package var index: Int
    /// Empty in all pieces but the first.
    package var id: String
    /// The function's name; empty where it came before.
    package var name: String
    /// The next piece of the arguments' JSON text.
    package var arguments: String

    package init(index: Int, id: String = "", name: String = "", arguments: String = "") {
        self.index = index
        self.id = id
        self.name = name
        self.arguments = arguments
    }
}
