import Logging
package import Operations
import WorkerTransport

extension GatewayConfiguration {
    /// Where the configuration is, unless `--config` names another place.
    package static let defaultPath = "/etc/decentral/gateway.toml"

    /// Reads and checks a configuration file.
    ///
    /// - Throws: ``ConfigurationError``, with file, line, key, what was found and what is expected.
    package init(path: String) throws {
        try self.init(ConfigurationFile(path: path))
    }

    /// Reads the keys of a parsed file.
    package init(_ file: ConfigurationFile) throws {
        var root = file.root
        gateway = try root.table("gateway", Gateway.init)
        api = try root.table("api", API.init)
        cors = try root.table("cors", CORS.init)
        workerListener = try root.table("worker_listener", WorkerListener.init)
        admin = try root.table("admin", Admin.init)
        log = try root.table("log", Log.init)
        jobs = try root.table("jobs", Jobs.init)
        dispatch = try root.table("dispatch", Dispatch.init)
        pricing = try root.table("pricing", SurgePricing.init)
        webhooks = try root.table("webhooks", Webhooks.init)
        try root.table("settlement") { table in
            // kind: string, default "ledger": who holds the credits.
            let _: SettlementKind = try table.choice("kind", default: .ledger)
        }
        models = try root.tables("model", CatalogueModel.init)
        var aliases = ModelAliasReader(models: models)
        modelAliases = try root.tables("model_alias") { try aliases.read(&$0) }
        var seeds = SeedProviderReader(catalogue: ModelCatalogue(adding: models, aliases: modelAliases))
        seedProviders = try root.tables("seed_provider") { try seeds.read(&$0) }
        try root.finish()
    }
}

/// Who holds the credits between lock and settlement.
private enum SettlementKind: String, CaseIterable, Sendable {
    /// The built-in ledger.
    case ledger
}

extension GatewayConfiguration.Gateway {
    init(_ table: inout ConfigurationTable) throws {
        // name: string, default "decentral": the network's name, for people.
        name = try table.string("name", default: "decentral")
        // state_directory: path, default /var/lib/decentral-gateway: gateway.sqlite, identity.json and the lock.
        stateDirectory = try table.path("state_directory", default: "/var/lib/decentral-gateway")
        // identity_file: path, default "identity.json" in the state directory: the gateway's secret key, mode 0600.
        identityFile = try table.optionalPath("identity_file") ?? "\(stateDirectory)/identity.json"
    }
}

extension GatewayConfiguration.API {
    init(_ table: inout ConfigurationTable) throws {
        // listen: "host:port", default "127.0.0.1:8080": where callers connect. TLS is a reverse proxy's business.
        listen = try table.listenAddress("listen", default: .init(host: "127.0.0.1", port: 8080))
        // public_url: URL with the base path, default http://LISTEN/v1: what wallets sign for and what is shown to them.
        let configured = try table.optionalValue("public_url", expected: "a URL as \"https://api.example/v1\"") {
            PublicURL($0)
        }
        publicURL = configured ?? PublicURL(listening: listen.host, port: listen.port)
        // max_body_bytes: integer, bytes, 1,024 to 4,194,304 (what an offer can carry), default 4,194,304.
        maxBodyBytes = try table.integer("max_body_bytes", in: 1024...(4 << 20), default: 4 << 20)
        // max_concurrent_requests_per_account: integer, 1 to 100,000, default 256: requests for models that one account
        // may have in progress, queued ones included; a further one is told 503.
        maxConcurrentRequestsPerAccount = try table.integer(
            "max_concurrent_requests_per_account",
            in: 1...100_000,
            default: 256
        )
        bounds = try HTTPBounds(&table)
        guard bounds.bodyBytes >= maxBodyBytes else {
            throw table.error(
                "max_body_bytes_total",
                found: "\(bounds.bodyBytes)",
                expected: "at least max_body_bytes, \(maxBodyBytes)"
            )
        }
    }
}

extension HTTPBounds {
    fileprivate init(_ table: inout ConfigurationTable) throws {
        self.init()
        // max_body_bytes_total: integer, bytes, 1,048,576 to 68,719,476,736, default 268,435,456: the bodies of all
        // requests in progress together.
        bodyBytes = try table.integer("max_body_bytes_total", in: (1 << 20)...(64 << 30), default: bodyBytes)
        // max_connections: integer, 16 to 60,000, default 4,096: callers' connections at a time.
        connections = try table.integer("max_connections", in: 16...60_000, default: connections)
        // max_connections_per_address: integer, 1 to 60,000, default 1,024: those from one address (IPv6: one /64).
        connectionsPerAddress = try table.integer(
            "max_connections_per_address",
            in: 1...60_000,
            default: connectionsPerAddress
        )
        // header_timeout_seconds: integer, 1 to 600, default 20: from a connection's start, or a later request's first
        // byte, to the end of the headers.
        headerTimeout = try table.seconds("header_timeout_seconds", in: 1...600, default: 20)
        // body_timeout_seconds: integer, 1 to 3,600, default 60: from the end of the headers to the end of the body.
        bodyTimeout = try table.seconds("body_timeout_seconds", in: 1...3600, default: 60)
        // body_stall_seconds: integer, 1 to 600, default 10: in each of these 4,096 bytes of a body must come, or all.
        bodyStall = try table.seconds("body_stall_seconds", in: 1...600, default: 10)
        // idle_timeout_seconds: integer, 1 to 3,600, default 120: how long a connection may stand between requests.
        idleTimeout = try table.seconds("idle_timeout_seconds", in: 1...3600, default: 120)
        // write_timeout_seconds: integer, 1 to 600, default 30: in each of these a caller must take 4,096 bytes of its
        // answer, or all that waits.
        writeTimeout = try table.seconds("write_timeout_seconds", in: 1...600, default: 30)
    }
}

extension GatewayConfiguration.CORS {
    init(_ table: inout ConfigurationTable) throws {
        // allowed_origins: array of "https://host" as browsers send it, or "*", default none: web pages that may call.
        allowedOrigins = try table.strings("allowed_origins")
        for origin in allowedOrigins where !CrossOriginPolicy.isOrigin(origin) {
            throw table.error(
                "allowed_origins",
                found: "\"\(origin)\"",
                expected: "origins as \"https://app.example\" (lower case, no path), or \"*\""
            )
        }
    }
}

extension GatewayConfiguration.WorkerListener {
    init(_ table: inout ConfigurationTable) throws {
        // listen: "host:port", default "127.0.0.1:7443": where workers dial in.
        listen = try table.listenAddress("listen", default: .init(host: "127.0.0.1", port: 7443))
        // certificate_file, key_file: paths of PEM files; needed unless the listener is on loopback.
        certificateFile = try table.optionalPath("certificate_file")
        keyFile = try table.optionalPath("key_file")
        // public_names: array of "host:port", default: the listen address. A worker signs the name it dialled.
        publicNames = try table.strings("public_names").map { $0.lowercased() }
        for name in publicNames where HostPort.parse(name) == nil {
            throw table.error("public_names", found: "\"\(name)\"", expected: "names of the form host:port")
        }
        guard (certificateFile == nil) == (keyFile == nil) else {
            let missing = certificateFile == nil ? "certificate_file" : "key_file"
            throw table.error(missing, expected: "certificate_file and key_file together")
        }
        guard certificateFile != nil || HostPort.isLoopback(listen.host) else {
            throw table.error(
                "listen",
                expected: "certificate_file and key_file beside it, or a loopback address: workers' jobs are encrypted"
            )
        }
    }
}

extension GatewayConfiguration.Admin {
    init(_ table: inout ConfigurationTable) throws {
        // socket: path, default /run/decentral-gateway/gateway.sock: the command line talks to the daemon here.
        socket = try table.path("socket", default: "/run/decentral-gateway/gateway.sock")
        // operator_group: string, default: "decentral" if there is such a group: who else may use the socket.
        operatorGroup = try table.optionalString("operator_group")
    }
}

extension GatewayConfiguration.Log {
    init(_ table: inout ConfigurationTable) throws(ConfigurationError) {
        // level: one of swift-log's levels, default "info". No level writes a prompt, an output or a key.
        level = try table.choice("level", default: .info)
    }
}

extension GatewayConfiguration.Jobs {
    init(_ table: inout ConfigurationTable) throws {
        // timeout_seconds: integer, 10 to 3,600, default 120: from the lock to the end, queueing included.
        timeout = try table.seconds("timeout_seconds", in: 10...3600, default: 120)
        // reconnect_seconds: integer, 1 to 60, default 10: how long a running job outlives its worker's session.
        reconnect = try table.seconds("reconnect_seconds", in: 1...60, default: 10)
    }
}

extension GatewayConfiguration.Dispatch {
    init(_ table: inout ConfigurationTable) throws {
        // set_aside_seconds: integer, 0 to 3,600, default 30: how long a worker gets no jobs after three failed in a
        // row; 4, 20 and 120 times as long when it goes on failing. 0: never.
        setAside = try table.seconds("set_aside_seconds", in: 0...3600, default: 30)
    }
}

extension SurgePricing {
    init(_ table: inout ConfigurationTable) throws {
        self.init()
        // surge_max: number, 1 to 10, default 1: the highest multiplier of a price that demand makes. 1: prices stand.
        surgeMax = try table.number("surge_max", in: 1...10, default: 1)
        // window_seconds: integer, 10 to 3,600, default 180: the time over which demand is averaged.
        window = try table.seconds("window_seconds", in: 10...3600, default: 180)
    }
}

extension GatewayConfiguration.Webhooks {
    init(_ table: inout ConfigurationTable) throws {
        // allow_insecure_targets: boolean, default false: webhooks may go to http:// URLs and to loopback, private and
        // other inside addresses. For development: whoever has a key can then make the gateway ask its neighbours.
        allowsInsecureTargets = try table.bool("allow_insecure_targets", default: false)
        // ca_file: path of a PEM file, default none: authorities that receivers' certificates may be of, besides the
        // system's.
        caFile = try table.optionalPath("ca_file")
    }
}

extension CatalogueModel {
    init(_ table: inout ConfigurationTable) throws {
        // id: string, at most 128 bytes: what callers and workers call the model.
        let id = try table.string("id")
        guard id.utf8.count <= 128 else { throw table.error("id", expected: "at most 128 bytes") }
        self.init(
            id: id,
            // owned_by: string, default "decentral": who made the model.
            ownedBy: try table.string("owned_by", default: "decentral"),
            // tier: "lite", "standard", "pro" or "max": decides the price.
            tier: try table.choice("tier"),
            // parameters: string, for people: "8B".
            parameters: try table.string("parameters"),
            // context_window: integer, tokens.
            contextWindow: try table.integer("context_window", in: 1...100_000_000)
        )
        // default_max_output_tokens: integer, per choice, 500 to 1,000,000, default 2,048: the limit when a caller
        // names none.
        defaultMaxOutputTokens = try table.integer("default_max_output_tokens", in: 500...1_000_000, default: 2048)
    }
}

extension ConfigurationTable {
    fileprivate mutating func listenAddress(
        _ key: String,
        default: GatewayConfiguration.ListenAddress
    ) throws -> GatewayConfiguration.ListenAddress {
        let address = try optionalValue(key, expected: "\"HOST:PORT\"") { HostPort.parse($0) }
        return address.map { GatewayConfiguration.ListenAddress(host: $0.host, port: $0.port) } ?? `default`
    }
}
