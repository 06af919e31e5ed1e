import GatewayStore
import HTTPTypes
import Hummingbird
import InferenceAPI
import Logging
import Operations
import Signing

/// What a route of the public API knows about its request.
struct CallerContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// Whether the caller is still there.
    let connection: ConnectionInfo
    /// The caller's `x-request-id`, or a new one; the same in the answer, the logs and at the worker.
    var requestID = ""
    /// Set by ``APIResponder`` on every route that needs authentication.
    var caller: Caller?

    /// Who asks and who pays.
    struct Caller: Sendable {
        /// How the caller has shown who it is.
        enum Credential: Sendable {
            /// An API key, which spends its wallet's credits within its own limits.
            case key(APIKey)
            /// The wallet itself: signed in, or by a signature on the request.
            case wallet
        }

        var wallet: Address
        var credential: Credential

        /// The key that asks; `nil` for the wallet itself.
        var key: APIKey? {
            if case .key(let key) = credential { key } else { nil }
        }
    }

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        connection = ConnectionInfo.current
    }

    /// Who asks, on a route that only a known caller reaches.
    var required: Caller {
        get throws(APIError) {
            guard let caller else { throw .missingAPIKey() }
            return caller
        }
    }

    /// Who asks, if it is the wallet itself; `action` begins the sentence that refuses a key.
    func wallet(for action: String) throws(APIError) -> Caller {
        let caller = try required
        guard caller.key == nil else {
            throw .operationNotAllowed(
                "\(action) takes the wallet itself: sign in with it, or sign the request; an API key is not enough."
            )
        }
        return caller
    }
}

extension HTTPField.Name {
    static let requestID = Self.known("x-request-id")
    static let jobID = Self.known("x-decentral-job-id")
    static let txSignature = Self.known("x-decentral-tx-signature")
    static let settlementTx = Self.known("x-decentral-settlement-tx")
    static let worker = Self.known("x-decentral-worker")
    static let creditsRemaining = Self.known("x-decentral-credits-remaining")
    static let shouldRetry = Self.known("x-should-retry")
    static let trailer = Self.known("Trailer")

    /// A name that is known to be one.
    static func known(_ text: String) -> Self {
        guard let name = Self(text) else { preconditionFailure("\(text) is no header name") }
        return name
    }
}
