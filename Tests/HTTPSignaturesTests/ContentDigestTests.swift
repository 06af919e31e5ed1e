import Testing

@testable import HTTPSignatures

@Suite struct ContentDigestTests {
    /// RFC 9421, appendix B.2: the digests of this body.
    private let body = Array(#"{"hello": "world"}"#.utf8)
    private let sha256 = "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:"
    private let sha512 =
        "sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:"

    @Test func `the published digests are those of the body`() throws {
        try ContentDigest(sha256).verify(body)
        try ContentDigest(sha512).verify(body)
        try ContentDigest("\(sha512), \(sha256)").verify(body)
        try ContentDigest("unixsum=:AAA=:, \(sha256)").verify(body)
    }

    @Test func `each digest must hold`() {
        let wrong = "sha-256=:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:"
        #expect(throws: HTTPSignatureError.self) { try ContentDigest(sha256).verify(body + [0x20]) }
        #expect(throws: HTTPSignatureError.self) { try ContentDigest("\(sha512), \(wrong)").verify(body) }
    }

    @Test(arguments: ["", "sha-256", "sha-256=abc", "sha-256=:AAAA:", "md5=:AAAA:", "sha-256=:X48E9q"])
    func `what is no digest is refused`(header: String) {
        #expect(throws: HTTPSignatureError.self) { try ContentDigest(header) }
    }
}
