import Testing

@testable import Backends

@Suite struct OpenAIEndpointTests {
    @Test(arguments: [
        ("http://127.0.0.1:8000/v1", "http://127.0.0.1:8000/v1", "http://127.0.0.1:8000"),
        ("http://127.0.0.1:8000/v1/", "http://127.0.0.1:8000/v1", "http://127.0.0.1:8000"),
        ("https://host.example/api", "https://host.example/api", "https://host.example/api"),
        ("http://[::1]:80/v1", "http://[::1]:80/v1", "http://[::1]:80"),
        ("unix:/run/a b.sock", "http+unix://%2Frun%2Fa%20b.sock/v1", "http+unix://%2Frun%2Fa%20b.sock"),
    ])
    func `a URL gives the base path and the root beside it`(url: String, base: String, root: String) throws {
        let endpoint = try OpenAIEndpoint(url: url)
        #expect(endpoint.base == base)
        #expect(endpoint.root == root)
    }

    @Test(arguments: [
        "", "127.0.0.1:8000", "ftp://host/v1", "http:///v1", "unix:run.sock", "unix:", "http://host/v1?key=1",
        "http://host/v1#a", "unix:/" + String(repeating: "a", count: 107),
    ])
    func `what is no URL of a backend is refused`(url: String) async {
        await expectSettingError { _ = try OpenAIEndpoint(url: url) }
    }

    @Test func `a password in a URL is refused and not quoted`() async {
        let error = await expectSettingError { _ = try OpenAIEndpoint(url: "http://me:hush@host/v1") }
        #expect(error?.description.contains("hush") == false)
    }
}
