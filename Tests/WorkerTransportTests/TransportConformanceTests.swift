import TestSupport
import Testing
import WorkerTransport

/// The transports that run the suite.
enum Transport: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case grpc
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

    @Test func `a gateway that is not there is unreachable, with its address`() async throws {
        let dialer = GRPCWorkerDialer(url: try NetworkURL("http://127.0.0.1:9"))
        let error = await #expect(throws: TransportError.self) {
            try await dialer.openStream(sending: MessageOutbox()) { _ in }
        }
        #expect(error?.code == .unreachable)
        #expect(error?.message.contains("127.0.0.1:9") == true)
    }
}
