import Testing

@testable import Webhooks

@Suite struct WebhookSecretTests {
    @Test func `the published example has its signature`() throws {
        // Standard Webhooks, the example of its reference libraries.
        let secret = try #require(WebhookSecret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"))
        let signature = secret.signature(
            id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
            timestamp: 1_614_265_330,
            body: Array(#"{"test": 2432232314}"#.utf8)
        )
        #expect(signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
    }

    @Test func `a new secret reads back and is never shown by chance`() throws {
        let secret = WebhookSecret.make()
        #expect(try #require(WebhookSecret(secret.text)) == secret)
        #expect(WebhookSecret(String(secret.text.dropFirst(6))) == secret)
        #expect(WebhookSecret.make() != secret)
        var dumped = ""
        dump(secret, to: &dumped)
        #expect(!"\(secret) \(dumped)".contains(secret.text.dropFirst(6)))
    }

    @Test(arguments: ["", "whsec_", "whsec_AAAA", "whsec_!!!!", "whsec_" + String(repeating: "A", count: 88)])
    func `what is no secret is refused`(text: String) {
        #expect(WebhookSecret(text) == nil)
    }
}
