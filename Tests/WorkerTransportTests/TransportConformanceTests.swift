import TestSupport
import Testing
import WorkerTransport

/// The transports that run the suite.
enum Transport: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case grpc
    case grpcOverTLS
    case inProcess

    var testDescription: String { rawValue }

    var conformance: TransportConformance {
        switch self {
        case .grpc:
            return TransportConformance(
                listener: GRPCNetworkListener(host: "127.0.0.1", port: 0, certificate: nil)
            ) { port in
                GRPCWorkerDialer(url: try NetworkURL("http://127.0.0.1:\(port)"))
            }
        case .grpcOverTLS:
            return TransportConformance(
                listener: GRPCNetworkListener(host: "127.0.0.1", port: 0, certificate: TestCertificate.own)
            ) { port in
                GRPCWorkerDialer(url: try NetworkURL("https://localhost:\(port)"), trustFile: TestCertificate.authority)
            }
        case .inProcess:
            let network = InProcessNetwork()
            return TransportConformance(listener: network) { _ in network }
        }
    }
}

@Suite(.timeLimit(.minutes(1))) struct TransportConformanceTests {
    @Test(arguments: Transport.allCases)
    func `messages arrive whole and in order`(_ transport: Transport) async throws {
        try await transport.conformance.messagesArriveInOrder()
    }

    @Test(arguments: Transport.allCases)
    func `the gateway can end a stream`(_ transport: Transport) async throws {
        try await transport.conformance.theGatewayCanEndAStream()
    }

    @Test(arguments: Transport.allCases)
    func `the worker can end a stream`(_ transport: Transport) async throws {
        try await transport.conformance.theWorkerCanEndAStream()
    }

    @Test(arguments: Transport.allCases)
    func `a stream whose task is cancelled ends at both ends`(_ transport: Transport) async throws {
        try await transport.conformance.aCancelledStreamEnds()
    }

    @Test func `a gateway whose certificate is signed by another authority is not talked to`() async throws {
        let listener = GRPCNetworkListener(host: "127.0.0.1", port: 0, certificate: TestCertificate.own)
        let (ports, continuation) = AsyncStream<Int>.makeStream()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await listener.listen(onListening: { continuation.yield($0) }, serve: { _ in })
            }
            for await port in ports {
                let url = try NetworkURL("https://localhost:\(port)")
                let dialer = GRPCWorkerDialer(url: url, trustFile: TestCertificate.otherAuthority)
                let error = await #expect(throws: TransportError.self) {
                    try await dialer.openStream(sending: MessageOutbox()) { _ in }
                }
                #expect(error?.code == .tls)
                break
            }
            group.cancelAll()
        }
    }

    @Test func `a gateway that is not there is unreachable, with its address`() async throws {
        let dialer = GRPCWorkerDialer(url: try NetworkURL("http://127.0.0.1:9"))
        let error = await #expect(throws: TransportError.self) {
            try await dialer.openStream(sending: MessageOutbox()) { _ in }
        }
        #expect(error?.code == .unreachable)
        #expect(error?.message.contains("127.0.0.1:9") == true)
    }
}
