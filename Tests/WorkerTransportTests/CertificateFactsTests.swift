import Testing
import WorkerTransport

@Suite(.timeLimit(.minutes(1))) struct CertificateFactsTests {
    @Test(arguments: [
        ("gateway.example", CertificateFacts.Fault.unknownAuthority), ("GATEWAY.example", .unknownAuthority),
        ("a.wild.example", .unknownAuthority), ("a.b.wild.example", .wrongName), ("wild.example", .wrongName),
        ("10.0.0.1", .unknownAuthority), ("10.0.0.2", .wrongName), ("", .wrongName),
    ])
    func `a certificate holds for its names`(host: String, fault: CertificateFacts.Fault) {
        let facts = CertificateFacts(
            validFrom: 100,
            validUntil: 200,
            names: ["gateway.example", "*.wild.example", "10.0.0.1"]
        )
        #expect(facts.fault(host: host, now: 150) == fault)
    }

    @Test func `its time comes before its name`() {
        let facts = CertificateFacts(validFrom: 100, validUntil: 200, names: [])
        #expect(facts.fault(host: "x", now: 201) == .expired)
        #expect(facts.fault(host: "x", now: 99) == .notYetValid)
        #expect(facts.fault(host: "x", now: 200) == .wrongName)
    }

    @Test func `a server's certificate is looked at without being trusted`() async throws {
        let listener = GRPCNetworkListener(host: "127.0.0.1", port: 0, certificate: TestCertificate.own)
        let (ports, continuation) = AsyncStream<Int>.makeStream()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await listener.listen(onListening: { continuation.yield($0) }, serve: { _ in })
            }
            for await port in ports {
                let facts = await CertificateFacts.ofServer(try NetworkURL("https://localhost:\(port)"))
                #expect(facts?.names.contains("localhost") == true)
                #expect(facts?.names.contains("127.0.0.1") == true)
                #expect(facts?.fault(host: "localhost", now: (facts?.validFrom ?? 0) + 1) == .unknownAuthority)
                break
            }
            group.cancelAll()
        }
    }

    @Test func `a server that is not there shows none`() async throws {
        #expect(await CertificateFacts.ofServer(try NetworkURL("https://127.0.0.1:9")) == nil)
    }
}
