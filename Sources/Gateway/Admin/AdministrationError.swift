import GatewayStore
import HTTPTypes
package import Operations
import SQLiteStore

/// Why the gateway did not do, or could not tell, what its operator asked for.
package struct AdministrationError: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Code: String, Sendable {
        /// There is no such account, key or job. Look into the list.
        case notFound = "not_found"
        /// The request cannot be met as it stands. Change it.
        case invalid = "invalid_request"
        /// The database cannot be read or written now. The message says what to mend.
        case unavailable
    }

    package var code: Code
    /// A sentence for the operator.
    package var message: String
    package var hint: String?

    package init(_ code: Code, _ message: String, hint: String? = nil) {
        self.code = code
        self.message = message
        self.hint = hint
    }

    package var description: String { message }
}

extension AdministrationError {
    init(_ error: StoreError) {
        self.init(.unavailable, error.message)
    }

    init(_ error: LedgerError) {
        self.init(error.code == .storeUnavailable ? .unavailable : .invalid, error.message)
    }
}

extension LocalAPIError {
    init(_ error: AdministrationError) {
        let status: HTTPResponse.Status =
            switch error.code {
            case .notFound: .notFound
            case .invalid: .badRequest
            case .unavailable: .serviceUnavailable
            }
        self.init(status, code: error.code.rawValue, message: error.message, hint: error.hint)
    }
}

extension CommandError {
    package init(_ error: AdministrationError) {
        self.init(.failed, error.message, hint: error.hint, cause: error)
    }
}
