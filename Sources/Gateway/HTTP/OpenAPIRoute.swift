import HTTPTypes
import Hummingbird
import Signing
import StrictJSON

/// The description of the API: `GET /v1/openapi.json`.
struct OpenAPIRoute: Sendable {
    private let body: [UInt8]
    private let etag: String

    /// Describes the operations that are routed, and this one, for callers who reach them at a public URL.
    init(describing operations: [APIOperation], at publicURL: PublicURL) {
        let document = OpenAPIDocument(
            operations: operations + [.getDescription],
            server: publicURL.origin + publicURL.signedPath(""),
            version: GatewayDaemon.version
        )
        body = document.value.encoded()
        etag = "\"\(Hex.encode(Digest.sha256(body).bytes))\""
    }

    func respond(to request: Request) -> Response {
        if let known = request.headers[.ifNoneMatch], known == "*" || known.contains(etag) {
            return Response(status: .notModified, headers: [.eTag: etag])
        }
        return .json(body, adding: [.eTag: etag, .cacheControl: "no-cache"])
    }
}
