import StrictJSON

/// Writes a job's answer as an event stream, in the shape of one kind of request.
///
/// Nothing here waits or sends: bytes are appended to the caller's buffer, so what arrived together leaves together.
/// Whoever writes a stream is generic over this, so that a token costs no dynamic call.
package protocol StreamRenderer: Sendable {
    /// Appends the events of one delta.
    ///
    /// The delta's logprobs must be JSON: have ``OutputAccumulator`` take the delta first, which refuses others.
    mutating func append(_ delta: ChoiceDelta, to out: inout [UInt8])

    /// Appends the events that follow the last delta of a job that was settled, but not the mark of the end.
    mutating func appendEnd(of answer: FinishedAnswer, to out: inout [UInt8])

    /// Appends the end of a stream that went well.
    func appendDone(to out: inout [UInt8])

    /// Appends the end of a stream that failed after its headers; no mark of the end follows.
    mutating func appendError(_ error: APIError, to out: inout [UInt8])
}

extension StreamRenderer {
    /// Appends the comment that names the settlement, for clients that cannot read trailers.
    package func appendSettlement(transaction: String, to out: inout [UInt8]) {
        appendComment("settlement_tx=" + transaction, to: &out)
    }

    /// Appends a comment that says nothing: it keeps proxies from hanging up while no token comes.
    package func appendKeepAlive(to out: inout [UInt8]) {
        appendComment("keep-alive", to: &out)
    }

    /// Appends a comment, which clients ignore; a line break in its text becomes a space.
    package func appendComment(_ text: String, to out: inout [UInt8]) {
        JSONText.append(": ", to: &out)
        out.append(contentsOf: text.utf8.lazy.map { $0 == 0x0A || $0 == 0x0D ? 0x20 : $0 })
        JSONText.append("\n\n", to: &out)
    }

    /// Appends the end of a stream that went well.
    package func appendDone(to out: inout [UInt8]) {
        JSONText.append("data: [DONE]\n\n", to: &out)
    }

    /// Appends the end of a stream that failed after its headers; no `[DONE]` follows.
    package func appendError(_ error: APIError, to out: inout [UInt8]) {
        JSONText.append("data: ", to: &out)
        out.append(contentsOf: error.body)
        JSONText.append("\n\n", to: &out)
    }
}
