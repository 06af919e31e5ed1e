/// Turns the bytes of a backend's event stream into events, however the bytes are cut.
///
/// Shape: server-sent events (HTML Living Standard, section 9.2): lines ended by LF, CR or CRLF, `data:` lines
/// joined until an empty line, comments and other fields ignored. The data is OpenAI's chunk or an error as JSON,
/// or `[DONE]`. Two things beyond it are read, because servers send them when something breaks: an `error:`
/// field (llama.cpp before 2025), and JSON on a line without a field name (Ollama).
///
/// A value: give it what arrives and take the events; after an error it must not be fed again.
package struct BackendStreamParser: Sendable {
    /// Longest line, and most data of one event, in bytes.
    package static let maximumEventBytes = 4 << 20

    /// Whether `[DONE]` was seen; what follows it is ignored.
    package private(set) var isDone = false

    /// The beginning of a line whose end has not arrived.
    private var openLine: [UInt8] = []
    /// The data lines of the event that is open.
    private var data: [UInt8] = []
    private var hasData = false
    /// Whether the last byte was a CR, so that an LF belongs to it.
    private var sawReturn = false
    private var isAtFirstLine = true
    private var decoder: ChunkDecoder

    /// - Parameter makeToolCallID: Names a tool call that the backend left without an id.
    package init(makeToolCallID: @escaping @Sendable () -> String = ToolCallID.random) {
        decoder = ChunkDecoder(makeToolCallID: makeToolCallID)
    }

    /// Takes what arrived and appends the events that it completes.
    ///
    /// - Throws: ``BackendStreamError``; events before the fault have been appended.
    package mutating func feed(
        _ bytes: UnsafeRawBufferPointer,
        into events: inout [BackendStreamEvent]
    ) throws(BackendStreamError) {
        try feed(bytes.assumingMemoryBound(to: UInt8.self), into: &events)
    }

    /// Takes what arrived and appends the events that it completes.
    ///
    /// - Throws: ``BackendStreamError``; events before the fault have been appended.
    package mutating func feed(
        _ bytes: [UInt8],
        into events: inout [BackendStreamEvent]
    ) throws(BackendStreamError) {
        try bytes.withUnsafeBufferPointer { buffer throws(BackendStreamError) in
            try feed(buffer, into: &events)
        }
    }

    /// Says that nothing more arrives.
    ///
    /// Servers that forget the empty line after their last event, and even its line end, are forgiven.
    ///
    /// - Throws: ``BackendStreamError/Code/endedInsideEvent`` if what is left is no whole event.
    package mutating func end(into events: inout [BackendStreamEvent]) throws(BackendStreamError) {
        guard !isDone else { return }
        do {
            if !openLine.isEmpty { try takeOpenLine(into: &events) }
            try dispatch(into: &events)
        } catch  where error.code == .malformedChunk {
            throw BackendStreamError(code: .endedInsideEvent, message: "the stream ended in the middle of an event")
        }
    }

    private mutating func feed(
        _ bytes: UnsafeBufferPointer<UInt8>,
        into events: inout [BackendStreamEvent]
    ) throws(BackendStreamError) {
        var start = 0
        while start < bytes.count, !isDone {
            if sawReturn {
                sawReturn = false
                if bytes[start] == 0x0A {
                    start += 1
                    continue
                }
            }
            let end = LineScan.lineEnd(in: bytes, from: start)
            let piece = UnsafeBufferPointer(rebasing: bytes[start..<end])
            guard openLine.count + piece.count <= Self.maximumEventBytes else { throw Self.tooLong }
            guard end < bytes.count else {
                openLine.append(contentsOf: piece)
                return
            }
            if openLine.isEmpty {
                try take(line: piece, into: &events)
            } else {
                openLine.append(contentsOf: piece)
                try takeOpenLine(into: &events)
            }
            sawReturn = bytes[end] == 0x0D
            start = end + 1
        }
    }

    private mutating func takeOpenLine(into events: inout [BackendStreamEvent]) throws(BackendStreamError) {
        var line: [UInt8] = []
        swap(&line, &openLine)
        try line.withUnsafeBufferPointer { buffer throws(BackendStreamError) in
            try take(line: buffer, into: &events)
        }
        // The buffer is used again: most reads of a socket end in the middle of a line.
        line.removeAll(keepingCapacity: true)
        swap(&line, &openLine)
    }

    private mutating func take(
        line whole: UnsafeBufferPointer<UInt8>,
        into events: inout [BackendStreamEvent]
    ) throws(BackendStreamError) {
        var line = whole[...]
        if isAtFirstLine {
            isAtFirstLine = false
            if line.starts(with: [0xEF, 0xBB, 0xBF]) { line = line.dropFirst(3) }
        }
        guard let first = line.first else { return try dispatch(into: &events) }
        switch first {
        case UInt8(ascii: ":"): return
        case UInt8(ascii: "d"): try take(field: "data", of: line)
        case UInt8(ascii: "e"): try take(field: "error", of: line)
        case UInt8(ascii: "{"):
            try append(line)
            try dispatch(into: &events)
        default: return
        }
    }

    /// Keeps the value of the line if its field has this name.
    private mutating func take(
        field name: StaticString,
        of line: Slice<UnsafeBufferPointer<UInt8>>
    ) throws(BackendStreamError) {
        let length = name.utf8CodeUnitCount
        guard line.count >= length, name.withUTF8Buffer({ line.prefix(length).elementsEqual($0) }) else { return }
        var value = line.dropFirst(length)
        if let colon = value.popFirst() {
            guard colon == UInt8(ascii: ":") else { return }
            if value.first == UInt8(ascii: " ") { value = value.dropFirst() }
        }
        try append(value)
    }

    private mutating func append(_ value: Slice<UnsafeBufferPointer<UInt8>>) throws(BackendStreamError) {
        guard data.count + value.count < Self.maximumEventBytes else { throw Self.tooLong }
        if hasData { data.append(0x0A) }
        data.append(contentsOf: UnsafeBufferPointer(rebasing: value))
        hasData = true
    }

    /// Decodes the event that an empty line ends.
    private mutating func dispatch(into events: inout [BackendStreamEvent]) throws(BackendStreamError) {
        guard hasData else { return }
        defer {
            hasData = false
            data.removeAll(keepingCapacity: true)
        }
        // llama.cpp begins the stream of several prompts with a chunk that is null.
        if data.isEmpty || data.elementsEqual("null".utf8) { return }
        if data.first == UInt8(ascii: "["), Self.isDoneMark(data) {
            isDone = true
            events.append(.done)
            return
        }
        try decoder.decode(data, into: &events)
    }

    private static func isDoneMark(_ data: [UInt8]) -> Bool {
        data.prefix(6).elementsEqual("[DONE]".utf8) && data.dropFirst(6).allSatisfy { $0 == 0x20 }
    }

    private static let tooLong = BackendStreamError(
        code: .tooLong,
        message: "the stream has an event of more than \(maximumEventBytes) bytes"
    )
}
