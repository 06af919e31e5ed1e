package import InferenceAPI
package import Signing
import StrictJSON

/// The digest that worker, gateway and caller can each compute from the output they saw.
package enum OutputDigest {
    /// The digest of the final choices (`output_sha256`).
    ///
    /// Over the canonical JSON of `[{"content","finish_reason","index","reasoning_content","refusal","tool_calls"}]`,
    /// ordered by index. An empty `content` is `null`; `reasoning_content`, `refusal` and `tool_calls` are left out
    /// when empty; a tool call is `{"arguments","id","name"}`, in the order of the stream. Logprobs are not covered.
    ///
    /// Vectors are `[{"embedding","index"}]` instead: base64 of their little-endian float32 values, since canonical JSON
    /// here holds no floats, or `null` for an input that was not reached.
    package static func of(_ choices: [FinalChoice], form: OutputForm = .chat) -> Digest {
        Digest.sha256(canonicalText(of: choices, form: form))
    }

    /// The text that is digested; written directly, since outputs may be long and their shape is known.
    static func canonicalText(of choices: [FinalChoice], form: OutputForm = .chat) -> [UInt8] {
        var out: [UInt8] = []
        out.append(UInt8(ascii: "["))
        for (place, choice) in choices.sorted(by: { $0.index < $1.index }).enumerated() {
            if place > 0 { out.append(UInt8(ascii: ",")) }
            switch form {
            case .chat, .text: append(choice, to: &out)
            case .vectors: appendVector(of: choice, to: &out)
            }
        }
        out.append(UInt8(ascii: "]"))
        return out
    }

    private static func appendVector(of choice: FinalChoice, to out: inout [UInt8]) {
        JSONText.append(#"{"embedding":"#, to: &out)
        if choice.embedding.isEmpty {
            JSONText.append("null", to: &out)
        } else {
            EmbeddingVector.appendBase64(choice.embedding, to: &out)
        }
        JSONText.append(#","index":"#, to: &out)
        JSONText.appendInteger(choice.index, to: &out)
        JSONText.append("}", to: &out)
    }

    /// Appends a choice with its keys in canonical order.
    private static func append(_ choice: FinalChoice, to out: inout [UInt8]) {
        JSONText.append(#"{"content":"#, to: &out)
        if choice.content.isEmpty {
            JSONText.append("null", to: &out)
        } else {
            JSONText.appendString(choice.content, to: &out)
        }
        JSONText.append(#","finish_reason":"#, to: &out)
        JSONText.appendString(choice.finishReason.rawValue, to: &out)
        JSONText.append(#","index":"#, to: &out)
        JSONText.appendInteger(choice.index, to: &out)
        if !choice.reasoningContent.isEmpty {
            JSONText.append(#","reasoning_content":"#, to: &out)
            JSONText.appendString(choice.reasoningContent, to: &out)
        }
        if !choice.refusal.isEmpty {
            JSONText.append(#","refusal":"#, to: &out)
            JSONText.appendString(choice.refusal, to: &out)
        }
        if !choice.toolCalls.isEmpty {
            JSONText.append(#","tool_calls":["#, to: &out)
            for (place, call) in choice.toolCalls.enumerated() {
                JSONText.append(place > 0 ? #",{"arguments":"# : #"{"arguments":"#, to: &out)
                JSONText.appendString(call.arguments, to: &out)
                JSONText.append(#","id":"#, to: &out)
                JSONText.appendString(call.id, to: &out)
                JSONText.append(#","name":"#, to: &out)
                JSONText.appendString(call.name, to: &out)
                JSONText.append("}", to: &out)
            }
            JSONText.append("]", to: &out)
        }
        JSONText.append("}", to: &out)
    }
}
