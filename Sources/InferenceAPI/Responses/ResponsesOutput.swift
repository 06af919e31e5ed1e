/// Puts the deltas of a choice into the items of a response's output.
///
/// An item ends when another kind of output begins, and begins anew when its kind comes back, so the items stand in
/// the order in which the model made them. Function calls alone stay open to the end: a backend may give their pieces
/// in turns, and an ended item cannot grow. So do the texts past ``partLimit``, each of which takes all that follows of
/// its kind: the whole is kept for the end of a stream, and must not grow with how often a worker goes to and fro.
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

    /// With how many texts, over all items, the last of each kind stay open to the end.
    static let partLimit = 1_024
    /// How many bytes of probabilities are kept, over all texts; as many as a plain answer's (``OutputAccumulator``).
    static let logprobsByteLimit = 16 << 20

    private(set) var items: [ResponsesItem] = []
    /// Why the output ended; `nil` before it did.
    private(set) var finishReason: FinishReason?
    /// The item whose last part takes the next text; `nil` where the next text begins an item.
    private var openItem: Int?
    private var partCount = 0
    private var logprobsByteCount = 0
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
        let texts = items.indices.filter { items[$0].kind != .functionCall && items[$0].status == .inProgress }
        if reason.isCut { items[items.count - 1].status = .incomplete }
        for index in texts { close(index, &changes) }
        openItem = nil
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
        let part = openPart(kind, of: item, to: &changes)
        items[item].parts[part].text += text
        keep(logprobs, of: item, part)
        if !text.isEmpty || !logprobs.isEmpty {
            changes.append(.textAdded(item: item, part: part, text: text, logprobs: logprobs))
        }
    }

    /// The open item if it is of this kind, or else a new one.
    private mutating func open(_ kind: ResponsesItem.Kind, to changes: inout [Change]) -> Int {
        if let openItem, items[openItem].kind == kind { return openItem }
        leaveItem(&changes)
        if isCrowded, let left = items.lastIndex(where: { $0.kind == kind && $0.status == .inProgress }) {
            openItem = left
            return left
        }
        items.append(ResponsesItem(kind: kind))
        openItem = items.count - 1
        changes.append(.itemAdded(items.count - 1))
        return items.count - 1
    }

    /// The item's open part if it is of this kind, or else a new one.
    private mutating func openPart(_ kind: ResponsesPart.Kind, of item: Int, to changes: inout [Change]) -> Int {
        if let part = items[item].parts.lastIndex(where: { $0.kind == kind && !$0.isDone }) { return part }
        if !isCrowded { closeParts(of: item, &changes) }
        items[item].parts.append(ResponsesPart(kind: kind))
        partCount += 1
        changes.append(.partAdded(item: item, part: items[item].parts.count - 1))
        return items[item].parts.count - 1
    }

    /// Whether texts stay open from now on.
    private var isCrowded: Bool { partCount >= Self.partLimit }

    /// Lets the next text begin an item, or come back to one that stays open.
    private mutating func leaveItem(_ changes: inout [Change]) {
        if let openItem, !isCrowded { close(openItem, &changes) }
        openItem = nil
    }

    private mutating func close(_ item: Int, _ changes: inout [Change]) {
        if items[item].status == .inProgress { items[item].status = .completed }
        closeParts(of: item, &changes)
        changes.append(.itemDone(item))
    }

    private mutating func closeParts(of item: Int, _ changes: inout [Change]) {
        for part in items[item].parts.indices where !items[item].parts[part].isDone {
            items[item].parts[part].isDone = true
            changes.append(.partDone(item: item, part: part))
        }
    }

    /// Keeps the probabilities for the end; past the limit none at all, because the half would look like the whole.
    private mutating func keep(_ logprobs: ResponsesLogprobs, of item: Int, _ part: Int) {
        guard !logprobs.isEmpty, logprobsByteCount <= Self.logprobsByteLimit else { return }
        logprobsByteCount += logprobs.byteCount
        guard logprobsByteCount <= Self.logprobsByteLimit else {
            for item in items.indices {
                for part in items[item].parts.indices { items[item].parts[part].logprobs = ResponsesLogprobs() }
            }
            return
        }
        items[item].parts[part].logprobs.append(logprobs)
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
        leaveItem(&changes)
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
