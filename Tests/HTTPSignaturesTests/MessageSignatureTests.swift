import HTTPTypes
import Signing
import Testing

@testable import HTTPSignatures

@Suite struct MessageSignatureTests {
    /// RFC 9421, appendix B.2.6, with the key of B.1.4.
    private enum Published {
        static let input = """
            sig-b26=("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473\
            ;keyid="test-key-ed25519"
            """
        static let signature = """
            sig-b26=:wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==:
            """
        static let key = "3c5j58mDabruGn1Qd2Gm37YBPVQ2V8PYYiD7Z5Er8jVt"
        static let request = SignableRequest(
            method: "POST",
            origin: "https://example.com",
            pathAndQuery: "/foo?param=Value&Pet=dog",
            headers: [
                .date: "Tue, 20 Apr 2021 02:07:55 GMT", .contentType: "application/json", .contentLength: "18",
            ]
        )
    }

    @Test func `the published example verifies`() throws {
        let signature = try MessageSignature(input: Published.input, signature: Published.signature)
        #expect(signature.label == "sig-b26")
        #expect(signature.created == 1_618_884_473)
        #expect(signature.keyID == "test-key-ed25519")
        #expect(signature.nonce == nil)
        try signature.verify(Published.request, by: Address(base58: Published.key))
    }

    @Test func `anything else than what was signed does not verify`() throws {
        let signature = try MessageSignature(input: Published.input, signature: Published.signature)
        let key = try Address(base58: Published.key)
        var other = Published.request
        other.method = "GET"
        #expect(throws: HTTPSignatureError.self) { try signature.verify(other, by: key) }
        other = Published.request
        other.origin = "https://example.org"
        #expect(throws: HTTPSignatureError.self) { try signature.verify(other, by: key) }
        other = Published.request
        other.headers[.contentLength] = nil
        #expect(throws: HTTPSignatureError.self) { try signature.verify(other, by: key) }
    }

    @Test(arguments: [
        ("@method", "POST"), ("@target-uri", "https://www.Example.com:443/path?a=1&b=2"), ("@scheme", "https"),
        ("@authority", "www.example.com"), ("@request-target", "/path?a=1&b=2"), ("@path", "/path"),
        ("@query", "?a=1&b=2"), ("x-list", "a, b"),
    ])
    func `each component has the value of its section`(component: String, value: String) throws {
        var request = SignableRequest(
            method: "POST",
            origin: "https://www.Example.com:443",
            pathAndQuery: "/path?a=1&b=2",
            headers: [:]
        )
        let name = try #require(HTTPField.Name("x-list"))
        request.headers.append(.init(name: name, value: " a  "))
        request.headers.append(.init(name: name, value: "b"))
        #expect(try request.value(of: component) == value)
    }

    @Test func `a request without a query has a question mark for it`() throws {
        let request = SignableRequest(method: "GET", origin: "http://a", pathAndQuery: "/b", headers: [:])
        #expect(try request.value(of: "@query") == "?")
    }

    @Test(arguments: [
        #"sig=("@method")"#, #"sig=();created=a"#, #"sig="x""#, #"a=("@method"), b=("@method")"#, "", "sig=(",
        #"sig=("@method" "@method")"#, #"sig=("Date")"#, #"sig=("@query-param";name="a")"#,
        #"sig=("@method");alg="rsa-pss-sha512""#, #"sig=("@signature-params")"#,
    ])
    func `what is no signature is refused`(input: String) {
        // The first is well formed, but its signature has another label.
        #expect(throws: HTTPSignatureError.self) {
            try MessageSignature(input: input, signature: Published.signature)
        }
    }

    @Test func `headers have a bound`() {
        let long = "sig=(" + String(repeating: #""a" "#, count: 2000) + ")"
        #expect(throws: HTTPSignatureError.self) {
            try MessageSignature(input: long, signature: Published.signature)
        }
    }
}
