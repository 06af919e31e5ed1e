// swift-tools-version: 6.2

import PackageDescription

/// One list for every target of ours, with the reason beside each flag.
let strict: [SwiftSetting] = [
    // Data races are compile errors.
    .swiftLanguageMode(.v6),
    // An existential says so (`any Settlement`): it costs a box and a dynamic call.
    .enableUpcomingFeature("ExistentialAny"),
    // A member is visible only in a file that imports its module, so a file's imports are its dependencies.
    .enableUpcomingFeature("MemberImportVisibility"),
    // An import is `public` or `package` only where a type of it is in our interface.
    .enableUpcomingFeature("InternalImportsByDefault"),
    // A warning that stays is a warning that nobody reads.
    .treatAllWarnings(as: .error),
]

extension Target.Dependency {
    static let argumentParser = product(name: "ArgumentParser", package: "swift-argument-parser")
    static let asyncHTTPClient = product(name: "AsyncHTTPClient", package: "async-http-client")
    static let grdb = product(name: "GRDB", package: "GRDB.swift")
    static let grdbSQLite = product(name: "GRDBSQLite", package: "GRDB.swift")
    static let grpcCore = product(name: "GRPCCore", package: "grpc-swift-2")
    static let grpcNIO = product(name: "GRPCNIOTransportHTTP2Posix", package: "grpc-swift-nio-transport")
    static let grpcProtobuf = product(name: "GRPCProtobuf", package: "grpc-swift-protobuf")
    static let httpTypes = product(name: "HTTPTypes", package: "swift-http-types")
    static let hummingbird = product(name: "Hummingbird", package: "hummingbird")
    static let hummingbirdCore = product(name: "HummingbirdCore", package: "hummingbird")
    static let logging = product(name: "Logging", package: "swift-log")
    static let nioCore = product(name: "NIOCore", package: "swift-nio")
    static let nioEmbedded = product(name: "NIOEmbedded", package: "swift-nio")
    static let nioFoundationCompat = product(name: "NIOFoundationCompat", package: "swift-nio")
    static let nioHTTP1 = product(name: "NIOHTTP1", package: "swift-nio")
    static let nioPosix = product(name: "NIOPosix", package: "swift-nio")
    static let nioSSL = product(name: "NIOSSL", package: "swift-nio-ssl")
    static let serviceLifecycle = product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
    static let structuredFields = product(name: "RawStructuredFieldValues", package: "swift-http-structured-headers")
    static let subprocess = product(name: "Subprocess", package: "swift-subprocess")
    static let swiftProtobuf = product(name: "SwiftProtobuf", package: "swift-protobuf")
    static let tomlKit = product(name: "TOMLKit", package: "TOMLKit")
    static let unixSignals = product(name: "UnixSignals", package: "swift-service-lifecycle")
}

/// A target of the product.
func part(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

/// The tests of a target; `resources` are copied beside them.
func tests(of name: String, _ dependencies: [Target.Dependency] = [], resources: [Resource] = []) -> Target {
    .testTarget(
        name: "\(name)Tests",
        dependencies: [.byName(name: name)] + dependencies,
        resources: resources,
        swiftSettings: strict
    )
}

// Read downwards: a target imports only what stands above it. The worker and the gateway never import each other.
let package = Package(
    name: "decentral",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "decentral-worker", targets: ["decentral-worker"]),
        .executable(name: "decentral-gateway", targets: ["decentral-gateway"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-http-structured-headers", from: "1.7.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/grpc/grpc-swift-2", from: "2.4.3"),
        .package(url: "https://github.com/grpc/grpc-swift-nio-transport", from: "2.9.2"),
        .package(url: "https://github.com/grpc/grpc-swift-protobuf", from: "2.4.1"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/LebJe/TOMLKit", from: "0.6.0"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
    ],
    targets: [
        // Values: no socket, no file, no clock.
        .systemLibrary(name: "CSodium", pkgConfig: "libsodium", providers: [.apt(["libsodium-dev"])]),
        part("StrictJSON"),
        part("Signing", ["CSodium", "StrictJSON"]),
        part("InferenceAPI", ["StrictJSON"]),
        part("Receipts", ["InferenceAPI", "Signing", "StrictJSON"]),
        part("HTTPSignatures", ["Signing", .httpTypes, .structuredFields]),
        part("Webhooks", ["Signing"]),
        part("WorkerProtocol", ["InferenceAPI", "Signing", .swiftProtobuf]),

        // Adapters: each knows one outside thing.
        part(
            "WorkerTransport",
            [
                "Signing", "WorkerProtocol", .grpcCore, .grpcNIO, .grpcProtobuf, .logging, .nioCore, .nioPosix, .nioSSL,
                .swiftProtobuf,
            ]
        ),
        part("SQLiteStore", [.grdb, .grdbSQLite, .logging]),
        part(
            "Operations",
            [
                .argumentParser, .asyncHTTPClient, .httpTypes, .hummingbird, .hummingbirdCore, .logging, .nioCore,
                .nioFoundationCompat, .nioHTTP1, .nioPosix, .serviceLifecycle, .tomlKit, .unixSignals,
            ]
        ),
        part(
            "Backends",
            [
                "InferenceAPI", "Operations", "StrictJSON", .asyncHTTPClient, .logging, .nioCore, .nioHTTP1, .nioPosix,
                .serviceLifecycle, .subprocess,
            ]
        ),
        part("WorkerStore", ["SQLiteStore", .grdb, .logging]),
        part(
            "GatewayStore",
            ["InferenceAPI", "Receipts", "Signing", "SQLiteStore", "StrictJSON", "Webhooks", .grdb, .logging]
        ),

        // The two daemons.
        part(
            "Worker",
            [
                "Backends", "InferenceAPI", "Operations", "Receipts", "Signing", "SQLiteStore", "StrictJSON",
                "WorkerProtocol", "WorkerStore", "WorkerTransport", .asyncHTTPClient, .hummingbird, .hummingbirdCore,
                .httpTypes,
                .logging,
                .nioCore, .serviceLifecycle, .subprocess,
            ]
        ),
        part(
            "Gateway",
            [
                "Backends", "GatewayStore", "HTTPSignatures", "InferenceAPI", "Operations", "Receipts", "SQLiteStore",
                "Signing", "StrictJSON", "Webhooks", "WorkerProtocol", "WorkerTransport", .asyncHTTPClient, .httpTypes,
                .hummingbird, .hummingbirdCore, .logging, .nioCore, .nioHTTP1, .nioPosix, .nioSSL, .serviceLifecycle,
            ]
        ),
        .executableTarget(
            name: "decentral-worker",
            dependencies: [
                "Operations", "Receipts", "Signing", "SQLiteStore", "Worker", "WorkerStore", .argumentParser, .logging,
            ],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "decentral-gateway",
            dependencies: [
                "Gateway", "GatewayStore", "InferenceAPI", "Operations", "Signing", .argumentParser, .logging,
            ],
            swiftSettings: strict
        ),

        // Doubles and conformance suites, for tests alone.
        part(
            "TestSupport",
            [
                "Backends", "InferenceAPI", "Receipts", "Signing", "StrictJSON", "WorkerProtocol", "WorkerTransport",
                .logging, .nioCore, .nioHTTP1, .nioPosix,
            ]
        ),
        // Apart from TestSupport, so that the tests of the databases need no network library.
        part("StoreTestSupport", [.grdb]),
        tests(of: "StrictJSON"),
        tests(of: "Signing", ["StrictJSON"], resources: [.copy("Vectors")]),
        tests(of: "InferenceAPI", ["StrictJSON"], resources: [.copy("Fixtures")]),
        tests(of: "Receipts", ["InferenceAPI", "Signing", "StrictJSON"]),
        tests(of: "HTTPSignatures", ["Signing", .httpTypes]),
        tests(of: "Webhooks", ["Signing"]),
        tests(of: "WorkerProtocol", ["InferenceAPI", "Signing", .swiftProtobuf]),
        tests(
            of: "WorkerTransport",
            ["InferenceAPI", "Signing", "TestSupport", "WorkerProtocol"],
            resources: [.copy("TLS")]
        ),
        tests(of: "SQLiteStore", [.grdb, .logging]),
        tests(
            of: "Operations",
            [
                .argumentParser, .asyncHTTPClient, .httpTypes, .hummingbird, .hummingbirdCore, .logging, .nioCore,
                .nioEmbedded, .nioHTTP1, .serviceLifecycle, .unixSignals,
            ]
        ),
        tests(
            of: "Backends",
            [
                "InferenceAPI", "Operations", "StrictJSON", "TestSupport", .asyncHTTPClient, .logging, .nioCore,
                .nioHTTP1, .nioPosix,
            ]
        ),
        tests(
            of: "WorkerStore",
            ["SQLiteStore", "StoreTestSupport", .grdb, .logging],
            resources: [.copy("Migrations")]
        ),
        tests(
            of: "GatewayStore",
            [
                "InferenceAPI", "Receipts", "Signing", "SQLiteStore", "StoreTestSupport", "StrictJSON", "Webhooks",
                .grdb, .logging,
            ],
            resources: [.copy("Migrations")]
        ),
        tests(
            of: "Worker",
            [
                "Backends", "InferenceAPI", "Operations", "Receipts", "SQLiteStore", "Signing", "TestSupport",
                "WorkerProtocol", "WorkerStore", "WorkerTransport", .grdb, .logging, .serviceLifecycle,
            ]
        ),
        tests(
            of: "Gateway",
            [
                "Backends", "GatewayStore", "InferenceAPI", "Operations", "Receipts", "Signing", "StrictJSON",
                "TestSupport", "Webhooks", "WorkerProtocol", "WorkerTransport", .asyncHTTPClient, .httpTypes,
                .hummingbird, .logging, .nioCore, .nioHTTP1, .nioPosix, .serviceLifecycle,
            ]
        ),
    ]
)
