/// Puts the deltas of a choice into the items of a response's output.
///
/// An item ends when another kind of output begins, and begins anew when its kind comes back, so the items stand in
/// the order in which the model made them. Function calls alone stay open to the end: a backend may give their pieces
/// in turns, and an ended item cannot grow.
struct ResponsesOutput: Sendable {
    /// What a delta did, in the order of the events that tell a caller.
    ///
    /// Numbers are places in ``items`` and in an item's parts.
    enum Change: Sendable, Equatable {
        case itemAdded(Int)
        case partAdded(item: Int, part: Int)
        case textAdded(item: Int, part: Int, text: String, logprobs: ResponsesLogprobs)
        case argumentsAdded(item: Int, text: String)
        case partDone(item: Int, part: Int)
        case itemDone(Int)
    }

    private(set) var items: [ResponsesItem] = []
    /// Why the output ended; `nil` before it did.
    private(set) var finishReason: FinishReason?
    /// The item whose last part takes the next text; `nil` where the next text begins an item.
    private var openItem: Int?
    /// Where the function call with a stream index stands.
    private var calls: [Int: Int] = [:]
    /// Function calls whose name has not come, by their stream index.
    private var namelessCalls: [Int: ToolCallDelta] = [:]

    /// Joins a delta.
    mutating func append(_ delta: ChoiceDelta) -> [Change] {
        var changes: [Change] = []
        if !delta.reasoningContent.isEmpty { append(delta.reasoningContent, .reasoning, to: &changes) }
        append(delta.content, logprobs: ResponsesLogprobs(chat: delta.logprobs), to: &changes)
        if !delta.refusal.isEmpty { append(delta.refusal, .refusal, to: &changes) }
        for piece in delta.toolCalls { append(piece, to: &changes) }
        if let reason = delta.finishReason { changes += finish(reason) }
        return changes
    }

    /// Ends the output; of a cut one the last item is what was cut.
    mutating func finish(_ reason: FinishReason) -> [Change] {
        guard finishReason == nil else { return [] }
        finishReason = reason
        var changes: [Change] = []
        for (index, call) in namelessCalls.sorted(by: { $0.key < $1.key }) {
            begin(call, at: index, to: &changes)
        }
        namelessCalls = [:]
        // An answer of nothing is still an answer.
        if items.isEmpty { append("", .output, to: &changes) }
        if reason.isCut { items[items.count - 1].status = .incomplete }
        closeItem(&changes)
        for index in items.indices where items[index].kind == .functionCall {
            if items[index].status == .inProgress { items[index].status = .completed }
            changes.append(.itemDone(index))
        }
        return changes
    }

    // MARK: Texts

    private mutating func append(_ content: String, logprobs: ResponsesLogprobs, to changes: inout [Change]) {
        // Probabilities without a text belong to the text before them; those of reasoning and calls to nothing here.
        let continues = openItem.map { items[$0].parts.last?.kind == .output } ?? false
        guard !content.isEmpty || (continues && !logprobs.isEmpty) else { return }
        append(content, .output, logprobs: logprobs, to: &changes)
    }

    private mutating func append(
        _ text: String,
        _ kind: ResponsesPart.Kind,
        logprobs: ResponsesLogprobs = ResponsesLogprobs(),
        to changes: inout [Change]
    ) {
        let item = open(kind == .reasoning ? .reasoning : .message, to: &changes)
        if items[item].parts.last?.kind != kind {
            if !items[item].parts.isEmpty {
                changes.append(.partDone(item: item, part: items[item].parts.count - 1))
            }
            items[item].parts.append(ResponsesPart(kind: kind))
            changes.append(.partAdded(item: item, part: items[item].parts.count - 1))
        }
        let part = items[item].parts.count - 1
        items[item].parts[part].text += text
        items[item].parts[part].logprobs.append(logprobs)
        if !text.isEmpty || !logprobs.isEmpty {
            changes.append(.textAdded(item: item, part: part, text: text, logprobs: logprobs))
        }
    }

    /// The open item if it is of this kind, or else a new one.
    private mutating func open(_ kind: ResponsesItem.Kind, to changes: inout [Change]) -> Int {
        if let openItem, items[openItem].kind == kind { return openItem }
        closeItem(&changes)
        items.append(ResponsesItem(kind: kind))
        openItem = items.count - 1
        changes.append(.itemAdded(items.count - 1))
        return items.count - 1
    }

    private mutating func closeItem(_ changes: inout [Change]) {
        guard let item = openItem else { return }
        if items[item].status == .inProgress { items[item].status = .completed }
        changes.append(.partDone(item: item, part: items[item].parts.count - 1))
        changes.append(.itemDone(item))
        openItem = nil
    }

    // MARK: Function calls

    private mutating func append(_ piece: ToolCallDelta, to changes: inout [Change]) {
        if let item = calls[piece.index] {
            guard !piece.arguments.isEmpty else { return }
            items[item].call.arguments += piece.arguments
            return changes.append(.argumentsAdded(item: item, text: piece.arguments))
        }
        // A call begins with its name, which may come after its id.
        var call = namelessCalls.removeValue(forKey: piece.index) ?? ToolCallDelta(index: piece.index)
        call.id += piece.id
        call.name += piece.name
        call.arguments += piece.arguments
        if call.name.isEmpty {
            namelessCalls[piece.index] = call
        } else {
            begin(call, at: piece.index, to: &changes)
        }
    }

    private mutating func begin(_ call: ToolCallDelta, at index: Int, to changes: inout [Change]) {
        closeItem(&changes)
        var item = ResponsesItem(kind: .functionCall)
        item.call = FinalToolCall(id: call.id, name: call.name, arguments: "")
        items.append(item)
        calls[index] = items.count - 1
        changes.append(.itemAdded(items.count - 1))
        guard !call.arguments.isEmpty else { return }
        items[items.count - 1].call.arguments = call.arguments
        changes.append(.argumentsAdded(item: items.count - 1, text: call.arguments))
    }
}

extension ResponsesOutput {
    /// The output of a choice whose deltas are joined: its reasoning, its words, its calls.
    init(_ choice: FinalChoice) {
        self.init()
        _ = append(
            ChoiceDelta(
                index: 0,
                content: choice.content,
                reasoningContent: choice.reasoningContent,
                refusal: choice.refusal,
                toolCalls: choice.toolCalls.enumerated().map { index, call in
                    ToolCallDelta(index: index, id: call.id, name: call.name, arguments: call.arguments)
                },
                logprobs: choice.logprobs,
                finishReason: choice.finishReason
            )
        )
    }
}

extension FinishReason {
    /// Whether the output might have gone on.
    fileprivate var isCut: Bool {
        switch self {
        case .stop, .toolCalls: false
        case .length, .contentFilter, .cancelled: true
        }
    }
}
