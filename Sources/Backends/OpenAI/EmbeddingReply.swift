import InferenceAPI
import StrictJSON

/// The body of a reply to a request for embeddings, read in one pass.
///
/// Shape: `{"data":[{"index","embedding"},…],"usage":{"prompt_tokens"}}`, the embedding as base64 of little-endian
/// float32 values or as an array of numbers: not every server knows `encoding_format`. No tree is built, because the
/// numbers of a large reply would take some hundred megabytes.
struct EmbeddingReply {
    /// Longest body: 16 MiB of vectors written as long numbers.
    static let maximumBytes = 64 << 20

    /// One delta for each input, in their order.
    private(set) var deltas: [ChoiceDelta] = []
    /// `nil` if the server did not count.
    private(set) var promptTokens: Int?

    private var vectors: [[UInt8]]

    /// Reads a body.
    ///
    /// - Parameters:
    ///   - body: All of it.
    ///   - count: How many inputs there were.
    ///   - dimensions: How many values each vector must have, if the caller said.
    /// - Throws: ``BackendError/Code/protocolViolation`` for what is no vector for each input, `invalidRequest` where the
    ///   dimensions are not those asked for: a server that does not know `dimensions` passes over it.
    init(_ body: [UInt8], count: Int, dimensions: Int?) throws(BackendError) {
        vectors = Array(repeating: [], count: count)
        do {
            try body.withUnsafeBufferPointer { bytes throws(JSONError) in
                var reader = JSONReader(
                    bytes,
                    limits: JSONLimits(maximumBytes: Self.maximumBytes, maximumValues: .max)
                )
                try readReply(&reader, bytes)
            }
        } catch {
            throw BackendError(.protocolViolation, "the backend's reply is no list of embeddings", cause: error)
        }
        for (index, vector) in vectors.enumerated() {
            guard EmbeddingVector.isValid(vector) else {
                throw BackendError(
                    .protocolViolation,
                    "the backend sent no vector of finite numbers for input \(index)"
                )
            }
            if let dimensions, vector.count / 4 != dimensions {
                throw BackendError(
                    .invalidRequest,
                    "the backend's vectors have \(vector.count / 4) values, and \(dimensions) were asked for"
                )
            }
            deltas.append(ChoiceDelta(index: index, embedding: vector, finishReason: .stop))
        }
    }

    private mutating func readReply(
        _ reader: inout JSONReader,
        _ bytes: UnsafeBufferPointer<UInt8>
    ) throws(JSONError) {
        try reader.enterObject()
        while let key = try reader.nextKey() {
            if key.elementsEqual("data".utf8) {
                try reader.enterArray()
                var place = 0
                while try reader.nextElement() {
                    try readEntry(&reader, bytes, at: place)
                    place += 1
                }
            } else if key.elementsEqual("usage".utf8), try reader.kind() == .object {
                try readUsage(&reader)
            } else {
                try reader.skipValue()
            }
        }
        try reader.finish()
    }

    /// Reads one entry; its place says which input it is for where it does not.
    private mutating func readEntry(
        _ reader: inout JSONReader,
        _ bytes: UnsafeBufferPointer<UInt8>,
        at place: Int
    ) throws(JSONError) {
        var index = place
        var vector: [UInt8] = []
        try reader.enterObject()
        while let key = try reader.nextKey() {
            if key.elementsEqual("index".utf8), try reader.kind() == .number {
                index = try reader.readInteger() ?? -1
            } else if key.elementsEqual("embedding".utf8) {
                vector = try readVector(&reader, bytes)
            } else {
                try reader.skipValue()
            }
        }
        // An index twice, or one too many, leaves some input without a vector or has none: both are found above.
        if vectors.indices.contains(index) { vectors[index] = vectors[index].isEmpty ? vector : [] }
    }

    /// The bytes of a vector; empty where it is none.
    private func readVector(
        _ reader: inout JSONReader,
        _ bytes: UnsafeBufferPointer<UInt8>
    ) throws(JSONError) -> [UInt8] {
        if try reader.kind() == .string {
            return EmbeddingVector.bytes(ofBase64: try reader.readString()) ?? []
        }
        guard try reader.kind() == .array else {
            try reader.skipValue()
            return []
        }
        var vector: [UInt8] = []
        var isWhole = true
        try reader.enterArray()
        while try reader.nextElement() {
            let isNumber = try reader.kind() == .number
            let range = try reader.skipValue()
            let text = String(decoding: UnsafeBufferPointer(rebasing: bytes[range]), as: UTF8.self)
            guard isNumber, let value = Float(text) else {
                isWhole = false
                continue
            }
            EmbeddingVector.append(value, to: &vector)
        }
        return isWhole ? vector : []
    }

    private mutating func readUsage(_ reader: inout JSONReader) throws(JSONError) {
        try reader.enterObject()
        while let key = try reader.nextKey() {
            if key.elementsEqual("prompt_tokens".utf8), try reader.kind() == .number {
                promptTokens = try reader.readInteger()
            } else {
                try reader.skipValue()
            }
        }
    }

    var usage: TokenUsage? {
        promptTokens.map { TokenUsage(promptTokens: max(0, $0), completionTokens: 0, source: .backend) }
    }

    /// The deltas in groups that leave room on the stream for other jobs.
    var batches: [[ChoiceDelta]] {
        var batches: [[ChoiceDelta]] = []
        var bytes = 0
        for delta in deltas {
            if batches.isEmpty || bytes + delta.embedding.count > Self.batchBytes {
                batches.append([])
                bytes = 0
            }
            batches[batches.count - 1].append(delta)
            bytes += delta.embedding.count
        }
        return batches
    }

    /// A message holds no more than this, or one vector.
    private static let batchBytes = 256 << 10
}
