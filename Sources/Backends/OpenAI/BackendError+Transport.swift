import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOPosix

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

extension BackendError {
    /// Maps what the HTTP client throws.
    init(transport error: any Error) {
        switch error {
        case let error as HTTPClientError where Self.timeouts.contains(error):
            self.init(.timeout, "no connection to the backend in time", cause: error)
        case let error as HTTPClientError where Self.closures.contains(error):
            self.init(.unavailable, Self.closedTooEarly, cause: error)
        case ChannelError.inputClosed, ChannelError.outputClosed, ChannelError.ioOnClosedChannel, ChannelError.eof:
            self.init(.unavailable, Self.closedTooEarly, cause: error)
        case let error as IOError:
            self.init(.unavailable, Self.sentence(for: error.errnoCode), cause: error)
        case let error as NIOConnectionError:
            let underlying = error.connectionErrors.first?.error as? IOError
            self.init(.unavailable, Self.sentence(for: underlying?.errnoCode ?? 0), cause: error)
        case HTTPParserError.invalidEOFState:
            self.init(.unavailable, Self.closedTooEarly, cause: error)
        case let error as HTTPParserError:
            self.init(.protocolViolation, "the backend does not speak HTTP", cause: error)
        default:
            self.init(.unavailable, "the connection to the backend failed (\(type(of: error)))", cause: error)
        }
    }

    /// Whether the backend's side of the connection was closed, as opposed to never there.
    var isClosedConnection: Bool {
        switch cause {
        case let error as HTTPClientError: Self.closures.contains(error)
        case let error as IOError: [ECONNRESET, EPIPE].contains(error.errnoCode)
        case let error as HTTPParserError: error == .invalidEOFState
        // Bytes that came on an idle connection are no reply to anything: the client gives the connection up.
        case let error as NIOHTTPDecoderError: error == .unsolicitedResponse
        case let error as ChannelError: [.inputClosed, .outputClosed, .ioOnClosedChannel, .eof].contains(error)
        default: false
        }
    }

    /// What the cause is, without anything that it says: its type, and the system's error number or the client's own
    /// name for it.
    package var causeSummary: String? {
        switch cause {
        case nil: nil
        case let error as IOError: "IOError \(error.errnoCode)"
        case let error as NIOConnectionError:
            "NIOConnectionError"
                + error.connectionErrors.map { ($0.error as? IOError).map { " \($0.errnoCode)" } ?? "" }.joined()
        case let error as HTTPClientError: "HTTPClientError \(error.shortDescription)"
        case let error?: "\(type(of: error))"
        }
    }

    private static let timeouts: [HTTPClientError] = [
        .connectTimeout, .deadlineExceeded, .tlsHandshakeTimeout, .getConnectionFromPoolTimeout,
    ]

    private static let closures: [HTTPClientError] = [.remoteConnectionClosed, .uncleanShutdown]

    private static let closedTooEarly = "the backend closed the connection before the end of its reply"

    private static func sentence(for code: CInt) -> String {
        switch code {
        case ECONNREFUSED: "nothing listens at the backend's address"
        case ENOENT: "the backend's socket does not exist"
        case ECONNRESET, EPIPE: "the backend broke the connection"
        case EHOSTUNREACH, ENETUNREACH: "the backend's host cannot be reached"
        case EACCES, EPERM: "no permission to open the backend's socket"
        default: "the connection to the backend failed"
        }
    }
}
