import FoundationEssentials
package import InferenceAPI
package import SwiftProtobuf

/// The protocol versions of `Hello`.
package enum WorkerProtocolVersion {
    package static let current: UInt32 = 1
}

extension SwiftProtobuf.Message {
    /// A message, filled in by `fill`.
    package static func make(_ fill: (inout Self) -> Void) -> Self {
        var message = Self()
        fill(&message)
        return message
    }
}

extension WireRequestKind {
    package init(_ kind: RequestKind) {
        switch kind {
        case .chatCompletions: self = .chatCompletions
        case .completions: self = .completions
        case .responses: self = .responses
        case .embeddings: self = .embeddings
        }
    }
}

extension RequestKind {
    /// The kind that an offer names; `nil` if it is none of this version's.
    package init?(_ wire: WireRequestKind) {
        switch wire {
        case .chatCompletions: self = .chatCompletions
        case .completions: self = .completions
        case .responses: self = .responses
        case .embeddings: self = .embeddings
        case .UNRECOGNIZED: return nil
        }
    }
}

extension WireChoiceDelta {
    package init(_ delta: ChoiceDelta) {
        self.init()
        index = UInt32(clamping: delta.index)
        content = delta.content
        reasoningContent = delta.reasoningContent
        refusal = delta.refusal
        if !delta.toolCalls.isEmpty { toolCalls = delta.toolCalls.map(WireToolCallDelta.init) }
        if !delta.logprobs.isEmpty { logprobs = .init(delta.logprobs) }
        if !delta.embedding.isEmpty { embedding = .init(delta.embedding) }
        if let reason = delta.finishReason { finishReason = reason.rawValue }
    }
}

extension WireToolCallDelta {
    init(_ delta: ToolCallDelta) {
        self.init()
        index = UInt32(clamping: delta.index)
        id = delta.id
        name = delta.name
        arguments = delta.arguments
    }
}

extension ChoiceDelta {
    /// The delta that the wire carries; `nil` if its finish reason is none of the protocol's.
    package init?(_ wire: WireChoiceDelta) {
        var reason: FinishReason?
        if !wire.finishReason.isEmpty {
            guard let known = FinishReason(rawValue: wire.finishReason) else { return nil }
            reason = known
        }
        self.init(
            index: Int(wire.index),
            content: wire.content,
            reasoningContent: wire.reasoningContent,
            refusal: wire.refusal,
            toolCalls: wire.toolCalls.isEmpty
                ? []
                : wire.toolCalls.map {
                    ToolCallDelta(index: Int($0.index), id: $0.id, name: $0.name, arguments: $0.arguments)
                },
            logprobs: wire.logprobs.isEmpty ? [] : [UInt8](wire.logprobs),
            embedding: wire.embedding.isEmpty ? [] : [UInt8](wire.embedding),
            finishReason: reason
        )
    }
}

extension WireChoiceDelta {
    /// Bytes that a receiver holds for this delta: what bounds of output are counted in.
    package var outputBytes: Int {
        var bytes =
            content.utf8.count + reasoningContent.utf8.count + refusal.utf8.count + logprobs.count
            + embedding.count
        for call in toolCalls { bytes += call.id.utf8.count + call.name.utf8.count + call.arguments.utf8.count }
        return bytes
    }
}
