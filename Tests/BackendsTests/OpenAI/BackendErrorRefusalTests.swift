import InferenceAPI
import Testing

@testable import Backends

@Suite struct BackendErrorRefusalTests {
    struct Case: Sendable {
        var status: Int
        var body: String
        var code: BackendError.Code
        var name: String?
    }

    private static let cases = [
        Case(
            status: 400,
            body:
                #"{"error":{"code":400,"message":"request (999 tokens) exceeds the available context size (256 tokens)","type":"exceed_context_size_error","n_ctx":256}}"#,
            code: .contextLengthExceeded,
            name: "exceed_context_size_error"
        ),
        Case(
            status: 400,
            body: #"{"error":{"message":"too long","type":"invalid_request_error","code":"context_length_exceeded"}}"#,
            code: .contextLengthExceeded,
            name: "context_length_exceeded"
        ),
        Case(
            status: 400,
            body:
                #"{"object":"error","message":"This model's maximum context length is 4096 tokens.","type":"BadRequestError","code":400}"#,
            code: .contextLengthExceeded,
            name: "BadRequestError"
        ),
        Case(status: 400, body: #"{"error":{"message":"no","type":"invalid_request_error"}}"#, code: .invalidRequest),
        Case(status: 422, body: #"{"detail":[{"msg":"field required"}]}"#, code: .invalidRequest),
        Case(status: 401, body: "", code: .failed),
        Case(status: 403, body: "<html>", code: .failed),
        Case(status: 404, body: "{}", code: .failed),
        Case(status: 429, body: "{}", code: .unavailable),
        Case(
            status: 503,
            body: #"{"error":{"message":"Loading model","type":"unavailable_error","code":503}}"#,
            code: .unavailable
        ),
        Case(status: 500, body: "Internal Server Error", code: .failed),
        Case(status: 302, body: "", code: .failed),
        Case(status: 204, body: "", code: .protocolViolation),
    ]

    @Test(arguments: cases)
    func `each status has its error`(refused: Case) {
        let error = BackendError(status: refused.status, body: Array(refused.body.utf8))
        #expect(error.code == refused.code)
        #expect(error.message.contains("\(refused.status)"))
        if let name = refused.name { #expect(error.message.contains(name)) }
    }

    @Test(arguments: [
        #"{"error":{"message":"cannot parse: TOP SECRET","type":"TOP SECRET","code":"TOP SECRET"}}"#,
        #"{"message":"TOP SECRET"}"#,
        "TOP SECRET",
        #"{"error":"TOP SECRET"}"#,
    ])
    func `nothing that the backend wrote is quoted`(body: String) {
        for status in [200, 302, 400, 401, 404, 429, 500, 503] {
            let error = BackendError(status: status, body: Array(body.utf8))
            #expect(!String(reflecting: error).contains("SECRET"))
        }
    }

    @Test(arguments: [404, 405, 501])
    func `a route that a server does not know is unsupported`(status: Int) {
        let error = BackendError(status: status, body: [], of: .completions)
        #expect(error.code == .unsupported)
        #expect(error.message.contains("/completions"))
    }
}
