import HTTPTypes
import InferenceAPI
import NIOCore
import NIOHTTP1
import Operations

// What a caller is told whose request never reached a route.

extension APIError {
    /// Seconds after which some of those that fill the gateway have gone.
    private static let retryWhenFull = 2

    init(_ refusal: HTTPRefusal, bounds: HTTPBounds) {
        switch refusal {
        case .malformed: self = .malformedRequest()
        case .targetTooLong: self = .targetTooLong(limit: bounds.targetBytes)
        case .headersTooLarge:
            self = .headersTooLarge(fieldLimit: bounds.fieldBytes, limit: bounds.headerBytes, count: bounds.fieldCount)
        case .headersTooSlow: self = .requestTimeout("headers", seconds: Int(bounds.headerTimeout.components.seconds))
        case .bodyTooSlow: self = .requestTimeout("body", seconds: Int(bounds.bodyTimeout.components.seconds))
        case .bodiesTooLarge: self = .gatewayAtCapacity(retryAfter: Self.retryWhenFull)
        case .tooManyConnections: self = .gatewayAtCapacity(retryAfter: Self.retryWhenFull)
        }
    }
}

extension HTTPGuard {
    /// The public API's guard: its refusals have the form of every other error.
    init(bounds: HTTPBounds, crossOrigin: CrossOriginPolicy) {
        self.init(bounds: bounds) { refusal, request in
            let error = APIError(refusal, bounds: bounds)
            var fields = error.headers
            fields[.contentType] = "application/json"
            fields[.requestID] = RequestID.make(from: request?.headers.first(name: "x-request-id"))
            fields.append(contentsOf: crossOrigin.headers(for: request?.headers.first(name: "origin")))
            let head = HTTPResponseHead(
                version: .http1_1,
                status: HTTPResponseStatus(statusCode: error.status),
                headers: HTTPHeaders(fields.map { ($0.name.rawName, $0.value) })
            )
            return (head, ByteBuffer(bytes: error.body))
        }
    }
}
