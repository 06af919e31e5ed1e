import Operations
import Signing
import Testing
import WorkerProtocol
import WorkerTransport

@testable import Worker

struct NetworkCheckTests {
    private let gateway = Identity.generate().address

    private func section(_ more: String = "") throws -> NetworkSection {
        let text = "[[network]]\nname = \"main\"\nurl = \"https://gateway.example:7443\"\n\(more)"
        let configuration = try WorkerConfiguration(ConfigurationFile(text: text, path: "/etc/worker.toml"))
        return try #require(configuration.networks.first)
    }

    private func check(
        host: HostProbe.Answer = .connected,
        network: NetworkProbe.Answer? = nil,
        certificate: CertificateFacts? = nil,
        daemon: DaemonView = .down,
        section more: String = ""
    ) async throws -> [DoctorFinding] {
        let probe = network.map { answer in NetworkProbe { answer } }
        return await NetworkCheck(
            section: try section(more),
            daemon: daemon,
            host: HostProbe { _, _ in host },
            network: probe,
            certificate: { _ in certificate },
            now: { 1_000 }
        ).examine()
    }

    private func welcome(offset: Int64 = 0) -> NetworkProbe.Answer {
        .welcomed(
            SessionTerms(
                gateway: gateway,
                sessionID: "s",
                networkName: "main",
                networkTimeMilliseconds: 0,
                shareBasisPoints: 7_500,
                limits: SessionLimits()
            ),
            clockOffset: offset
        )
    }

    @Test func `a network that takes this worker is well, and its gateway can be pinned`() async throws {
        let findings = try await check(network: welcome())
        #expect(findings.map(\.result) == [.ok, .ok])
        #expect(findings[0].detail.contains("your share is 75.0 %"))
        #expect(findings[1].detail.contains("gateway_address = \"\(gateway)\""))
        #expect(try await check(network: welcome(), section: "gateway_address = \"\(gateway)\"").count == 1)
        #expect(try await check(network: welcome(offset: 40_000)).map(\.result) == [.ok, .ok, .fault])
    }

    @Test(arguments: [
        (HostProbe.Answer.unknownHost("Name or service not known"), "Name or service not known"),
        (.refused, "refused"), (.tookTooLong, "no answer"), (.failed("No route to host"), "No route to host"),
    ])
    func `what keeps a connection from standing is told apart`(answer: HostProbe.Answer, words: String) async throws {
        let unreachable = NetworkProbe.Answer.failed(TransportError(.unreachable, "of the transport"))
        let findings = try await check(host: answer, network: unreachable)
        #expect(findings.map(\.result) == [.fault])
        #expect(findings[0].detail.contains(words))
        #expect(findings[0].remedy != nil)
    }

    @Test(arguments: [
        (
            CertificateFacts(validFrom: 0, validUntil: 999, names: ["gateway.example"]),
            "expired at 1970-01-01T00:16:39Z"
        ),
        (CertificateFacts(validFrom: 1_001, validUntil: 2_000, names: ["gateway.example"]), "not valid yet"),
        (CertificateFacts(validFrom: 0, validUntil: 2_000, names: ["other.example"]), "but for other.example"),
        (CertificateFacts(validFrom: 0, validUntil: 2_000, names: ["*.example"]), "nobody whom this machine trusts"),
    ])
    func `a certificate that does not hold is told by its fault`(facts: CertificateFacts, words: String) async throws {
        let refused = NetworkProbe.Answer.failed(TransportError(.tls, "TLS failed"))
        let findings = try await check(network: refused, certificate: facts)
        #expect(findings.map(\.result) == [.fault])
        #expect(findings[0].detail.contains(words))
    }

    @Test func `a port without TLS is told as such`() async throws {
        let findings = try await check(network: .failed(TransportError(.tls, "TLS failed: wrong version")))
        #expect(findings.map(\.result) == [.fault])
        #expect(findings[0].detail.contains("wrong version"))
    }

    @Test(arguments: [SessionClosure.Code.unverifiedGateway, .rejected, .banned, .lost, .handshakeTimeout])
    func `a session that is refused has its reason and a remedy`(code: SessionClosure.Code) async throws {
        let findings = try await check(network: .closed(SessionClosure(code, "the reason")))
        #expect(findings.map(\.result) == [.fault])
        #expect(findings[0].detail.contains("the reason"))
        #expect(findings[0].remedy != nil)
    }

    @Test func `while the daemon runs it is asked, and nothing is dialled`() async throws {
        let dialled = NetworkProbe.Answer.failed(TransportError(.lost, "a second session was opened"))
        var status = WorkerStatus.sample()
        let down = try await check(host: .refused, network: dialled, daemon: .running(status))
        #expect(down.map(\.result) == [.fault])
        #expect(down[0].detail.contains("not connected"))
        status.networks[0].connected = true
        status.networks[0].gateway = "\(gateway)"
        let up = try await check(host: .refused, network: dialled, daemon: .running(status))
        #expect(up.map(\.result) == [.ok, .ok])
        status.networks = []
        let unknown = try await check(host: .refused, network: dialled, daemon: .running(status))
        #expect(unknown.map(\.result) == [.warning])
    }

    @Test func `a daemon that cannot be asked is not pushed off its session`() async throws {
        let dialled = NetworkProbe.Answer.failed(TransportError(.lost, "a second session was opened"))
        let findings = try await check(network: dialled, daemon: .silent("no permission", remedy: "sudo"))
        #expect(findings.map(\.result) == [.ok])
    }

    @Test func `without an identity nothing can be proven`() async throws {
        #expect(try await check().map(\.result) == [.warning])
    }

    @Test func `a name that cannot be and a port that nobody has are told apart`() async {
        let probe = HostProbe.live()
        guard case .unknownHost = await probe.connect("no-such-host.invalid", 1) else {
            Issue.record("a host under .invalid was found")
            return
        }
        #expect(await probe.connect("127.0.0.1", 1) == .refused)
    }
}
