import Testing

@testable import HTTPSignatures

@Suite struct SignaturePolicyTests {
    private let now: Int64 = 1_800_000_000

    private func code(of parameters: String, hasBody: Bool = false) -> HTTPSignatureError.Code? {
        do throws(HTTPSignatureError) {
            let zeros = String(repeating: "A", count: 86) + "=="
            let signature = try MessageSignature(input: "s=\(parameters)", signature: "s=:\(zeros):")
            _ = try SignaturePolicy().check(signature, hasBody: hasBody, at: now)
            return nil
        } catch {
            return error.code
        }
    }

    @Test func `a signature with everything is taken`() {
        let parameters = #"("@method" "@target-uri");created=1800000000;keyid="w";nonce="n""#
        #expect(code(of: parameters) == nil)
    }

    @Test func `a body must be covered`() {
        let without = #"("@method" "@target-uri");created=1800000000;keyid="w";nonce="n""#
        let with = #"("@method" "@target-uri" "content-digest");created=1800000000;keyid="w";nonce="n""#
        #expect(code(of: without, hasBody: true) == .notCovered)
        #expect(code(of: with, hasBody: true) == nil)
    }

    @Test(arguments: [
        (#"("@method");created=1800000000;keyid="w";nonce="n""#, HTTPSignatureError.Code.notCovered),
        (#"("@method" "@target-uri");created=1800000000;nonce="n""#, .malformed),
        (#"("@method" "@target-uri");created=1800000000;keyid="w""#, .malformed),
        (#"("@method" "@target-uri");created=1800000000;keyid="w";nonce="""#, .malformed),
        (#"("@method" "@target-uri");keyid="w";nonce="n""#, .malformed),
        (#"("@method" "@target-uri");created=1799999699;keyid="w";nonce="n""#, .time),
        (#"("@method" "@target-uri");created=1800000301;keyid="w";nonce="n""#, .time),
        (#"("@method" "@target-uri");created=-999999999999999;keyid="w";nonce="n""#, .time),
        (#"("@method" "@target-uri");created=1800000000;expires=1800000000;keyid="w";nonce="n""#, .time),
    ])
    func `what lacks something is refused`(parameters: String, code expected: HTTPSignatureError.Code) {
        #expect(code(of: parameters) == expected)
    }
}
