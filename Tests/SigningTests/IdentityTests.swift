import Signing
import StrictJSON
import Testing

@Suite struct IdentityTests {
    @Test(arguments: Vectors.ed25519.list("sign"))
    func `a seed gives the key and the signature of its vector`(vector: JSONValue) throws {
        let identity = try Identity(seed: Vectors.bytes(vector, "seed"))
        let message = try Vectors.bytes(vector, "message")
        #expect(try identity.address.bytes == Vectors.bytes(vector, "public_key"))
        #expect(try identity.sign(message).bytes == Vectors.bytes(vector, "signature"))
        #expect(identity.address.verify(identity.sign(message), of: message))
    }

    @Test(arguments: Vectors.ed25519.list("reject"))
    func `a crafted signature is refused`(vector: JSONValue) throws {
        #expect(try !holds(vector))
    }

    @Test(arguments: Vectors.ed25519.list("accept_unusual"))
    func `an unusual but exact signature is accepted`(vector: JSONValue) throws {
        #expect(try holds(vector))
    }

    @Test func `no vector is missing`() {
        #expect(Vectors.ed25519.list("sign").count == 16)
        #expect(Vectors.ed25519.list("reject").count == 70)
        #expect(Vectors.ed25519.list("accept_unusual").count == 2)
        #expect(Vectors.ed25519.list("implementations_differ").isEmpty)
    }

    @Test(arguments: Vectors.solana.list("signature_checks"))
    func `a signature over a transaction holds or not as on Solana`(vector: JSONValue) throws {
        let address = try Address(base58: vector.text("key"))
        let signature = try Signature(base58: vector.text("signature"))
        #expect(try address.verify(signature, of: Vectors.bytes(vector, "message")) == vector["valid"]?.boolValue)
    }

    @Test(arguments: [0, 1, 31, 33, 64])
    func `a seed of another length is refused`(count: Int) {
        let error = #expect(throws: SigningError.self) { try Identity(seed: [UInt8](repeating: 7, count: count)) }
        #expect(error?.code == .malformed)
    }

    @Test func `two new identities differ and sign for themselves only`() {
        let one = Identity.generate()
        let other = Identity.generate()
        let message = Array("message".utf8)
        #expect(one.address != other.address)
        #expect(one.address.verify(one.sign(message), of: message))
        #expect(!other.address.verify(one.sign(message), of: message))
        #expect(!one.address.verify(one.sign(message), of: message + [0]))
    }

    @Test func `an identity signs from many tasks at once`() async throws {
        let identity = try Identity(seed: [UInt8](repeating: 1, count: 32))
        let expected = identity.sign([1, 2, 3])
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<64 {
                group.addTask { identity.sign([1, 2, 3]) == expected }
            }
            for await isSame in group {
                #expect(isSame)
            }
        }
    }

    private func holds(_ vector: JSONValue) throws -> Bool {
        let message = try Vectors.bytes(vector, "message")
        guard let address = try? Address(publicKey: Vectors.bytes(vector, "public_key")),
            let signature = try? Signature(bytes: Vectors.bytes(vector, "signature"))
        else { return false }
        return address.verify(signature, of: message)
    }
}
