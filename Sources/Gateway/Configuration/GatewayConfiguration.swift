package import Logging
package import Operations

/// Everything that `gateway.toml` says, checked; nested like its sections.
package struct GatewayConfiguration: Sendable {
    package var gateway: Gateway
    package var api: API
    package var cors: CORS
    package var workerListener: WorkerListener
    package var admin: Admin
    package var log: Log
    package var jobs: Jobs
    package var dispatch: Dispatch
    package var pricing: SurgePricing
    package var webhooks: Webhooks
    /// Adds to the built-in catalogue, or overrides it.
    package var models: [CatalogueModel]
    /// Superseded ids of models in the catalogue.
    package var modelAliases: [ModelAlias]
    package var seedProviders: [SeedProvider]

    package struct Gateway: Sendable {
        package var name: String
        package var stateDirectory: String
        /// Absolute.
        package var identityFile: String
        package var databaseFile: String { stateDirectory + "/gateway.sqlite" }
    }

    package struct API: Sendable {
        package var listen: ListenAddress
        /// What callers reach and sign for; the listen address, unless a proxy stands before it.
        package var publicURL: PublicURL
        /// Longest request body, in bytes.
        package var maxBodyBytes: Int
        /// Most requests for models that one account may have in progress.
        package var maxConcurrentRequestsPerAccount: Int
        /// What the listener bears from callers.
        package var bounds: HTTPBounds
    }

    package struct CORS: Sendable {
        /// Origins as browsers send them, or `*`; none: off.
        package var allowedOrigins: [String]
    }

    package struct WorkerListener: Sendable {
        package var listen: ListenAddress
        /// Paths of PEM files; both or neither.
        package var certificateFile: String?
        package var keyFile: String?
        /// Every `host:port` under which workers may dial, in lower case; empty: the listen address.
        package var publicNames: [String]
    }

    package struct Admin: Sendable {
        package var socket: String
        package var operatorGroup: String?
    }

    package struct Log: Sendable {
        package var level: Logger.Level
    }

    package struct Jobs: Sendable {
        package var timeout: Duration
        package var reconnect: Duration
    }

    package struct Dispatch: Sendable {
        /// How long a worker is set aside the first time that its jobs fail in a row; zero: never.
        package var setAside: Duration
    }

    package struct Webhooks: Sendable {
        /// Whether webhooks may go to `http` URLs and to addresses that are not of the open Internet.
        package var allowsInsecureTargets: Bool
        /// The path of a PEM file: authorities of receivers' certificates, besides the system's.
        package var caFile: String?
    }

    /// A host and a port to listen on.
    package struct ListenAddress: Sendable, Equatable {
        package var host: String
        /// 0 lets the system choose.
        package var port: Int
    }
}
