import Testing
import WorkerTransport

@Suite struct NetworkURLTests {
    @Test(arguments: [
        ("https://Gateway.example:7443", "gateway.example:7443", true),
        ("http://127.0.0.1:7443/", "127.0.0.1:7443", false),
        ("http://localhost:1", "localhost:1", false),
        ("http://[::1]:7443", "[::1]:7443", false),
        ("https://[2001:db8::1]:7443", "[2001:db8::1]:7443", true),
    ]) func `a URL names the authority that is signed`(text: String, authority: String, usesTLS: Bool) throws {
        let url = try NetworkURL(text)
        #expect(url.authority == authority)
        #expect(url.usesTLS == usesTLS)
    }

    @Test(arguments: [
        "gateway.example:7443", "https://gateway.example", "https://:7443", "https://h:0x1", "https://h:99999",
        "https://user@h:1", "https://h:1/path", "http://gateway.example:7443", "http://127.0.0.1.example:7443",
        "http://127.300.0.1:7443", "https://::1:7443", "",
    ]) func `a URL that no worker may dial is refused with its text`(text: String) {
        let error = #expect(throws: TransportError.self) { try NetworkURL(text) }
        #expect(error?.code == .invalidURL)
        #expect(error?.message.contains("\"\(text)\"") == true)
    }
}
