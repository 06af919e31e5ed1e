import HTTPTypes
import Hummingbird
import InferenceAPI
import Operations

/// The bodies of requests: JSON by their media type, and within a bound.
enum RequestBody {
    /// Longest body of a request that is not for a model, or whose account never had a credit, in bytes.
    static let smallLimit = HTTPBounds.smallBody

    /// Reads the body of a request.
    ///
    /// - Throws: ``APIError``: 413 `request_too_large`, 415 `unsupported_media_type`.
    static func read(_ request: Request, limit: Int) async throws -> [UInt8] {
        guard request.headers[.contentEncoding] == nil || request.headers[.contentEncoding] == "identity" else {
            throw APIError.unsupportedMediaType()
        }
        guard let type = request.headers[.contentType],
            type.prefix(while: { $0 != ";" }).lowercased().filter({ $0 != " " }) == "application/json"
        else { throw APIError.unsupportedMediaType() }
        return try await bytes(of: request, limit: limit)
    }

    /// Reads the body, whatever it is.
    static func bytes(of request: Request, limit: Int) async throws -> [UInt8] {
        if let length = request.headers[.contentLength].flatMap(Int.init), length > limit {
            throw APIError.requestTooLarge(limit: limit)
        }
        var body: [UInt8] = []
        for try await part in request.body {
            guard body.count + part.readableBytes <= limit else { throw APIError.requestTooLarge(limit: limit) }
            body.append(contentsOf: part.readableBytesView)
        }
        return body
    }

    /// The body as an object whose members are all among `known`.
    static func object(_ request: Request, known: Set<String>) async throws -> CheckedObject {
        let object = try CheckedObject.parse(try await read(request, limit: smallLimit))
        try object.refuseUnknown(known)
        return object
    }
}
