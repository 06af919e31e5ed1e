import Signing
import StrictJSON
import Testing

@Suite struct AddressTests {
    @Test(arguments: Vectors.solana.list("keys"))
    func `a seed has the address that Solana gives it`(vector: JSONValue) throws {
        let identity = try Identity(seed: Vectors.bytes(vector, "seed"))
        #expect(identity.address.description == vector.text("address"))
        #expect(try identity.address == Address(base58: vector.text("address")))
        #expect(try identity.address == Address(publicKey: Vectors.bytes(vector, "public_key")))
    }

    @Test(arguments: Vectors.solana.list("base58", "not_addresses"))
    func `a text of another number of bytes is no address`(text: JSONValue) {
        let error = #expect(throws: SigningError.self) { try Address(base58: text.stringValue ?? "") }
        #expect(error?.code == .malformed)
    }

    @Test func `addresses on chain are read and written back`() throws {
        let programs = Vectors.solana["programs"]?.objectValue?.members.compactMap(\.value.stringValue) ?? []
        let accounts = Vectors.solana.list("ata").map { $0.text("address") }
        #expect(programs.count + accounts.count == 20)
        for text in programs + accounts {
            #expect(try Address(base58: text).description == text)
        }
    }

    @Test func `equal keys are equal addresses and hash alike`() throws {
        let one = try Address(publicKey: [UInt8](repeating: 9, count: 32))
        let same = try Address(base58: one.description)
        let other = try Address(publicKey: [UInt8](repeating: 8, count: 32))
        #expect(Set([one, same, other]).count == 2)
    }

    @Test func `a signature is read from its base58 text, and only one of 64 bytes`() throws {
        let signature = Identity.generate().sign([1])
        #expect(try Signature(base58: signature.base58) == signature)
        for text in [
            "", "1", signature.base58 + "1", String(signature.base58.dropLast(2)),
            Identity.generate().address.description,
        ] {
            #expect(throws: SigningError.self) { try Signature(base58: text) }
        }
        for count in [0, 63, 65] {
            #expect(throws: SigningError.self) { try Signature(bytes: [UInt8](repeating: 1, count: count)) }
        }
    }
}
