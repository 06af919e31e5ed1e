import NIOHTTP1
import Testing

@testable import Operations

struct RequestHeadCheckTests {
    private func refusal(
        _ method: HTTPMethod = .POST,
        _ target: String = "/v1/keys",
        version: HTTPVersion = .http1_1,
        headers: HTTPHeaders = [:],
        host: Bool = true
    ) -> HTTPRefusal? {
        var all: HTTPHeaders = host ? ["Host": "gateway"] : [:]
        all.add(contentsOf: headers)
        let head = HTTPRequestHead(version: version, method: method, uri: target, headers: all)
        return RequestHeadCheck.refusal(of: head, bounds: HTTPBounds())
    }

    @Test(arguments: ["/", "/v1/keys?a=b", "http://elsewhere/v1/keys", "HTTPS://elsewhere"])
    func `a path or an absolute target is taken`(_ target: String) {
        #expect(refusal(.GET, target) == nil)
    }

    @Test(arguments: ["", "v1/keys", "*", "ftp://a/b", "a:443", "?a"])
    func `another target is none`(_ target: String) {
        #expect(refusal(.GET, target) == .malformed)
    }

    @Test func `the asterisk is for OPTIONS, and CONNECT is for proxies`() {
        #expect(refusal(.OPTIONS, "*") == nil)
        #expect(refusal(.CONNECT, "/") == .malformed)
    }

    @Test func `a target has at most 8,192 bytes`() {
        #expect(refusal(.GET, "/" + String(repeating: "a", count: 8191)) == nil)
        #expect(refusal(.GET, "/" + String(repeating: "a", count: 8192)) == .targetTooLong)
    }

    @Test func `there is one host, or none in HTTP 1.0`() {
        #expect(refusal(host: false) == .malformed)
        #expect(refusal(version: .http1_0, host: false) == nil)
        #expect(refusal(headers: ["host": "other"]) == .malformed)
    }

    @Test(
        arguments: [
            ["Transfer-Encoding": "chunked", "Content-Length": "4"], ["Transfer-Encoding": "gzip, chunked"],
            ["Transfer-Encoding": "chunked, chunked"], ["Transfer-Encoding": "identity"], ["Transfer-Encoding": ""],
            ["Transfer-Encoding": "chunked", "transfer-encoding": "chunked"],
        ] as [HTTPHeaders]
    )
    func `a body that could have two lengths is refused`(_ headers: HTTPHeaders) {
        #expect(refusal(headers: headers) == .malformed)
    }

    @Test func `chunks are for HTTP 1.1`() {
        #expect(refusal(headers: ["Transfer-Encoding": "Chunked"]) == nil)
        #expect(refusal(version: .http1_0, headers: ["Transfer-Encoding": "chunked"]) == .malformed)
    }
}
