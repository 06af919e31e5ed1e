import Testing

@testable import Gateway

@Suite struct PublicURLTests {
    @Test(arguments: [
        ("https://api.example/v1", "https://api.example", "api.example", "/v1/jobs?a=b"),
        ("https://API.example:8443/v1/", "https://api.example:8443", "api.example:8443", "/v1/jobs?a=b"),
        ("https://example/inference/v1", "https://example", "example", "/inference/v1/jobs?a=b"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080", "127.0.0.1:8080", "/v1/jobs?a=b"),
    ])
    func `a URL gives what callers sign`(text: String, origin: String, domain: String, path: String) throws {
        let url = try #require(PublicURL(text))
        #expect(url.origin == origin)
        #expect(url.domain == domain)
        #expect(url.signedPath("/v1/jobs?a=b") == path)
    }

    @Test(arguments: ["", "api.example", "ftp://api.example", "https://", "https://u@api.example", "https://a/?b=c"])
    func `what is no base URL is refused`(text: String) {
        #expect(PublicURL(text) == nil)
    }
}
