package import HTTPTypes
package import Hummingbird
package import HummingbirdCore

/// An error of a local API, as the command line shows it.
///
/// On the wire: the status, and `{"error":{"code":"…","message":"…","hint":"…"}}` (`hint` only if there is one).
package struct LocalAPIError: HTTPResponseError, Sendable, CustomStringConvertible {
    package var status: HTTPResponse.Status
    /// A word for programs, `snake_case`.
    package var code: String
    /// A sentence for a person; safe to show anyone.
    package var message: String
    package var hint: String?

    /// The code of a configuration file that cannot be used: for a command, wrong usage.
    package static let invalidConfiguration = "invalid_configuration"

    package init(_ status: HTTPResponse.Status, code: String, message: String, hint: String? = nil) {
        self.status = status
        self.code = code
        self.message = message
        self.hint = hint
    }

    package var description: String { self.message }

    package func response(from request: Request, context: some RequestContext) throws -> Response {
        try self.response()
    }

    func response() throws -> Response {
        let body = LocalAPIErrorBody(error: .init(code: self.code, message: self.message, hint: self.hint))
        return try .localJSON(body, status: self.status)
    }
}

/// The error's form on the wire.
struct LocalAPIErrorBody: Codable {
    struct Content: Codable {
        /// Missing in an error of Hummingbird's own.
        var code: String?
        var message: String
        var hint: String?
    }

    var error: Content
}
