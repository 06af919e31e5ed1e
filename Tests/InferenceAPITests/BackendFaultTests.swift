import InferenceAPI
import Testing

@Suite struct BackendFaultTests {
    @Test(arguments: [
        (
            #"{"error":{"code":400,"message":"the request exceeds the available context size","type":"exceed_context_size_error","n_prompt_tokens":9000,"n_ctx":4096}}"#,
            400, "exceed_context_size_error", true
        ),
        (
            #"{"error":{"message":"This model's maximum context length is 32768 tokens.","type":"BadRequestError","param":null,"code":400}}"#,
            400, "BadRequestError", true
        ),
        (
            #"{"object":"error","message":"Requested token count exceeds the model's maximum context length","type":"BadRequest","param":null,"code":400}"#,
            400, "BadRequest", true
        ),
        (
            #"{"error":"Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096","error_type":"validation"}"#,
            nil, "validation", true
        ),
        (
            #"{"error":{"message":"x","type":"invalid_request_error","code":"context_length_exceeded"}}"#, nil,
            "context_length_exceeded", true
        ),
        (
            #"{"error":{"message":"model 'x' not found","type":"not_found_error","param":null,"code":null}}"#, nil,
            "not_found_error", false
        ),
        (#"{"error":{"message":"context size?","type":"server_error","code":500}}"#, 500, "server_error", false),
        (#"{"error":{"message":"x","code":50001}}"#, nil, "", false),
        (#"{"detail":"Not Found"}"#, nil, "", false),
        (#"{"error":true}"#, nil, "", false),
    ])
    func `every way to phrase an error is read`(body: String, status: Int?, kind: String, isContext: Bool) throws {
        let fault = try #require(BackendFault(body: Array(body.utf8)))
        #expect(fault.status == status)
        #expect(fault.kind == kind)
        #expect(fault.isContextLengthExceeded == isContext)
        #expect(!fault.message.isEmpty)
    }

    @Test(arguments: ["", "<html>", "[]", "{}", #"{"choices":[],"message":"x"}"#])
    func `what is no error is none`(body: String) {
        #expect(BackendFault(body: Array(body.utf8)) == nil)
    }
}
