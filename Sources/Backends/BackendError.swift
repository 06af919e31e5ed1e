/// What went wrong at a backend.
///
/// The message is made of our own sentences, a status and the backend's short error names. It never holds text that the
/// backend sent: servers quote prompts and outputs in their messages. What was thrown below is in ``cause``, for a
/// debugger and not for a log.
package struct BackendError: Error, Sendable {
    /// What the caller should do.
    package enum Code: String, Sendable, CaseIterable {
        /// Nothing answers, or it is too busy or still loading: try again later or elsewhere.
        case unavailable

        /// A phase took longer than allowed: try elsewhere.
        case timeout

        /// What came is no answer in OpenAI's format: fix the backend or its URL.
        case protocolViolation

        /// The backend refuses the request itself: trying again does not help.
        case invalidRequest

        /// The prompt does not fit the backend's context: send a shorter one.
        case contextLengthExceeded

        /// The backend does not serve this kind of request: try elsewhere, and do not announce the kind.
        case unsupported

        /// The backend tried and failed: it may work elsewhere.
        case failed
    }

    package var code: Code

    /// A sentence for a person, safe to show and to log.
    package var message: String

    /// The error below, if there was one.
    package var cause: (any Error)?

    package init(_ code: Code, _ message: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }
}

extension BackendError: CustomStringConvertible, CustomDebugStringConvertible {
    package var description: String { message }

    package var debugDescription: String {
        "\(code.rawValue): \(message)" + (cause.map { " (\(String(reflecting: $0)))" } ?? "")
    }
}
