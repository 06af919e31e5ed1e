import FoundationEssentials
import InferenceAPI
import NIOHTTP1
import StrictJSON
import TestSupport
import Testing

@testable import Backends

/// The streams that each server documents, through the adapter and over HTTP.
///
/// The parser has them as vectors in `Tests/InferenceAPITests/Fixtures`; the same files are used here.
@Suite(.serialized) struct DialectTests {
    private static let folder =
        String(#filePath.split(separator: "/").dropLast(3).reduce("") { "\($0)/\($1)" })
        + "/InferenceAPITests/Fixtures/Streams"

    private static let names: [String] = {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        // What is in `corners` is no server's.
        return files.filter { $0.hasSuffix(".sse") && $0 != "corners.sse" }.map { String($0.dropLast(4)) }.sorted()
    }()

    /// How a stream's bytes are cut into writes.
    enum Cut: CaseIterable, Sendable {
        case whole, bytes, pieces

        func cut(_ bytes: [UInt8]) -> [[UInt8]] {
            switch self {
            case .whole: return [bytes]
            case .bytes: return bytes.map { [$0] }
            case .pieces:
                // Lengths that go through all remainders of the chunks' own.
                var pieces: [[UInt8]] = []
                var rest = bytes[...]
                while !rest.isEmpty {
                    let count = 1 + (pieces.count * 37) % 101
                    pieces.append(Array(rest.prefix(count)))
                    rest = rest.dropFirst(count)
                }
                return pieces
            }
        }
    }

    @Test(arguments: names, Cut.allCases)
    func `what a server sends is what is delivered`(name: String, cut: Cut) async throws {
        let stream = Array(try Data(contentsOf: URL(filePath: "\(Self.folder)/\(name).sse")))
        let expected = try JSONValue(
            parsing: Array(try Data(contentsOf: URL(filePath: "\(Self.folder)/\(name).json")))
        )
        let choices = try #require(expected["choices"]?.arrayValue)
        let request = GenerationRequest(body: Array("{}".utf8), choiceCount: choices.count)
        try await withBackend(.streaming(cut.cut(stream)), clock: ManualClock()) { backend in
            let collected = BackendConformance.Collected()
            let result = await Result { try await backend.generate(request) { collected.append($0) } }
            for (index, choice) in choices.enumerated() {
                #expect(collected.content(ofChoice: index) == choice["content"]?.stringValue)
                let reasoning = collected.deltas.filter { $0.index == index }.map(\.reasoningContent).joined()
                #expect(reasoning == choice["reasoning_content"]?.stringValue)
            }
            if expected["error"]?.isNull == true {
                let usage = try result.get().usage.map { [$0.promptTokens, $0.completionTokens] }
                let isCounted = choices.count == 1
                #expect(!isCounted || usage == expected["usage"]?.arrayValue?.compactMap(\.intValue))
            } else {
                await expectError(.failed) { _ = try result.get() }
            }
        }
    }

    @Test(arguments: [
        (
            status: 502, type: "text/html", body: "<html><body>502 Bad Gateway</body></html>",
            code: BackendError.Code.failed
        ),
        (status: 503, type: "text/plain", body: "no healthy upstream", code: .unavailable),
        (status: 504, type: "text/html", body: "<html>", code: .failed),
        (
            status: 429, type: "application/json", body: #"{"error":"overloaded","error_type":"overloaded"}"#,
            code: .unavailable
        ),
    ])
    func `an error of a proxy in front of a server has a code`(
        status: Int,
        type: String,
        body: String,
        code: BackendError.Code
    ) async throws {
        let server = ScriptedBackendServer { _ in
            [.head(.init(statusCode: status), ["content-type": type]), .bytes(Array(body.utf8)), .endAndStay]
        }
        try await withBackend(server) { backend in
            await expectError(code) { _ = try await backend.generate(GenerationRequest(body: [])) { _ in } }
        }
    }
}

extension Result where Failure == any Error {
    fileprivate init(_ body: () async throws -> Success) async {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }
}
