import Signing
import StrictJSON
import Testing

@Suite struct Base58Tests {
    @Test(arguments: Vectors.solana.list("base58", "pairs"))
    func `bytes and text are each other's`(pair: JSONValue) throws {
        let bytes = try Vectors.bytes(pair, "hex")
        #expect(Base58.encode(bytes) == pair.text("base58"))
        #expect(try Base58.decode(pair.text("base58")) == bytes)
    }

    @Test(arguments: Vectors.solana.list("base58", "invalid"))
    func `a character outside the alphabet is refused`(text: JSONValue) {
        let error = #expect(throws: SigningError.self) { try Base58.decode(text.stringValue ?? "") }
        #expect(error?.code == .malformed)
    }

    @Test(arguments: Vectors.solana.list("keys"))
    func `a secret key in base58 is its seed and public key`(vector: JSONValue) throws {
        let bytes = try Vectors.bytes(vector, "seed") + Vectors.bytes(vector, "public_key")
        #expect(Base58.encode(bytes) == vector.text("secret_base58"))
        #expect(try Base58.decode(vector.text("secret_base58")) == bytes)
    }

    @Test func `every length with and without leading zeros survives`() throws {
        for length in 0...80 {
            for zeros in [0, 1, 5, length] where zeros <= length {
                let bytes = [UInt8](repeating: 0, count: zeros) + RandomBytes.make(count: length - zeros)
                #expect(try Base58.decode(Base58.encode(bytes)) == bytes)
            }
        }
    }

    @Test func `a text that would cost too much is refused`() throws {
        #expect(try Base58.decode(String(repeating: "z", count: Base58.maximumLength)).count > 180)
        #expect(throws: SigningError.self) {
            try Base58.decode(String(repeating: "z", count: Base58.maximumLength + 1))
        }
    }
}
