import Testing

@testable import Webhooks

@Suite struct WebhookURLTests {
    @Test(arguments: [
        ("https://example.com/hook?a=b", "example.com", 443), ("https://EXAMPLE.com:8443", "example.com", 8443),
        ("https://[2606:4700:4700::1111]/x", "2606:4700:4700::1111", 443), ("https://1.1.1.1/", "1.1.1.1", 443),
    ])
    func `an https URL of the open Internet is taken`(text: String, host: String, port: Int) throws {
        let url = try WebhookURL(text, allowsInside: false)
        #expect(url.text == text)
        #expect(url.host == host)
        #expect(url.port == port)
    }

    @Test(arguments: [
        ("https://example.com", "/", "example.com"), ("https://example.com/", "/", "example.com"),
        ("https://Example.com:443/a%20b?c=d%26", "/a%20b?c=d%26", "example.com"),
        ("https://example.com:8443?x", "/?x", "example.com:8443"),
        ("https://[2606:4700:4700::1111]:8443/x", "/x", "[2606:4700:4700::1111]:8443"),
    ])
    func `a request goes to its target and names its authority`(text: String, target: String, authority: String) throws
    {
        let url = try WebhookURL(text, allowsInside: false)
        #expect(url.target == target)
        #expect(url.authority == authority)
        #expect(url.isSecure)
    }

    @Test(arguments: [
        "", "example.com", "/hook", "http://example.com", "ftp://example.com", "https://", "https://user@example.com",
        "https://user:pw@example.com", "https://example.com/#a", "https://127.0.0.1/", "https://[::1]/",
        "https://0.0.0.0/", "https://0/", "https://[::]/", "https://017700000001/", "https://0x7f.0.0.1/",
        "https://[64:ff9b::7f00:1]/", "https://[fe80::1%25eth0]/", "https://127.0.0.1./", "https://a.internal./",
        "https://127.1/", "https://2130706433/", "https://0x7f000001/", "https://0x7f.1/", "https://localhost/",
        "https://LOCALHOST/", "https://localhost./", "https://a.localhost/", "https://metadata.google.internal/",
        "https://printer.local/", "https://intranet/", "https://169.254.169.254/", "https://exa mple.com/",
        "https://example.com:99999/", "https://[::ffff:10.0.0.1]/", "https://example.com/\u{0}",
        "https://example.com/" + String(repeating: "a", count: 2048),
    ])
    func `another is refused`(text: String) {
        #expect(throws: WebhookURL.Refusal.self) { try WebhookURL(text, allowsInside: false) }
    }

    @Test func `for development inside addresses are taken`() throws {
        #expect(try WebhookURL("http://127.0.0.1:8080/hook", allowsInside: true).port == 8080)
        #expect(try WebhookURL("http://localhost/", allowsInside: true).host == "localhost")
        #expect(throws: WebhookURL.Refusal.self) { try WebhookURL("ftp://localhost/", allowsInside: true) }
    }
}
