package import Hummingbird

/// What a route of a local API knows about its request.
package struct LocalRequestContext: RequestContext {
    package var coreContext: CoreRequestContextStorage
    /// Who asks, and whether they have hung up.
    package let connection: ConnectionInfo
    /// Whether they may change something; ``LocalResponder`` has refused all but GET and HEAD already if not.
    package internal(set) var canWrite = false

    package init(source: ApplicationRequestContextSource) {
        self.coreContext = CoreRequestContextStorage(source: source)
        self.connection = ConnectionInfo.current
    }

    /// Who asks; `nil` only in tests without a socket.
    package var peer: PeerCredentials? { self.connection.peer }

    /// The longest body that is decoded, in bytes.
    package var maxUploadSize: Int { 65_536 }
}
