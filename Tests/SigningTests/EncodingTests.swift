import Signing
import Testing

/// Hexadecimal, base64 and digests.
@Suite struct EncodingTests {
    @Test func `hexadecimal digits are read and written in lower case`() throws {
        let bytes = (0...255).map { UInt8($0) }
        #expect(Hex.encode(bytes).hasPrefix("000102") && Hex.encode(bytes).hasSuffix("fdfeff"))
        #expect(try Hex.decode(Hex.encode(bytes)) == bytes)
        #expect(try Hex.decode("").isEmpty)
    }

    @Test(arguments: ["0", "abc", "AB", "0g", " 00", "00 ", "é0", "0x00"])
    func `another text is no hexadecimal`(text: String) {
        #expect(throws: SigningError.self) { try Hex.decode(text) }
    }

    /// RFC 4648, section 10.
    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
        ("foobar", "Zm9vYmFy"),
    ])
    func `base64 is that of RFC 4648`(text: String, encoded: String) throws {
        #expect(Base64.encode(Array(text.utf8)) == encoded)
        #expect(try Base64.decode(encoded) == Array(text.utf8))
    }

    @Test(arguments: ["+/+/", "-_-_"])
    func `both alphabets are read`(text: String) throws {
        #expect(try Base64.decode(text) == [0xFB, 0xFF, 0xBF])
        #expect(Base64.encode([0xFB, 0xFF, 0xBF]) == "+/+/")
    }

    @Test(arguments: ["Zg", "_w", "-_8"])
    func `padding may be left out`(text: String) throws {
        #expect(try !Base64.decode(text).isEmpty)
    }

    @Test(arguments: [
        "Z", "Zg=", "Zg===", "=", "====", "Z===", "Zh==", "+_8=", "Zm9v\n", " Zm9v", "Zm 9v", "Zm9v=", "Zm9vZ", "é000",
        "Zm9v\0",
    ])
    func `what is not base64 is refused`(text: String) {
        #expect(throws: SigningError.self) { try Base64.decode(text) }
    }

    @Test func `every length survives base64`() throws {
        for length in 0...200 {
            let bytes = RandomBytes.make(count: length)
            #expect(try Base64.decode(Base64.encode(bytes)) == bytes)
        }
    }

    /// FIPS 180-2, appendix B.
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
    ])
    func `a digest is SHA-256`(text: String, expected: String) throws {
        let digest = Digest.sha256(Array(text.utf8))
        #expect(digest.description == "sha256:\(expected)")
        #expect(try Digest(digest.description) == digest)
        #expect(try Digest(bytes: digest.bytes) == digest)
    }

    @Test func `a digest in pieces is that of the whole`() {
        let bytes = RandomBytes.make(count: 1_000)
        var hasher = DigestHasher()
        for piece in stride(from: 0, to: 1_000, by: 77) {
            hasher.update(Array(bytes[piece..<min(piece + 77, 1_000)]))
            #expect(hasher.finish() == Digest.sha256(Array(bytes[..<min(piece + 77, 1_000)])))
        }
    }

    @Test(arguments: [
        "", "sha256:", "sha256:00", "sha512:\(String(repeating: "0", count: 64))", String(repeating: "0", count: 71),
        "sha256:\(String(repeating: "0", count: 63))", "sha256:\(String(repeating: "0", count: 65))",
        "sha256:\(String(repeating: "A", count: 64))", "SHA256:\(String(repeating: "0", count: 64))",
        "sha256:\(String(repeating: "0", count: 62))é",
    ])
    func `another text is no digest`(text: String) {
        let error = #expect(throws: SigningError.self) { try Digest(text) }
        #expect(error?.code == .malformed)
    }

    @Test func `random bytes come in the number asked for and do not repeat`() {
        #expect(RandomBytes.make(count: 0).isEmpty)
        #expect(RandomBytes.make(count: 33).count == 33)
        #expect(RandomBytes.make(count: 32) != RandomBytes.make(count: 32))
    }
}
