package import Logging

/// Makes backends from their configuration, with what they share.
package struct BackendFactory: Sendable {
    private let http: BackendHTTP
    private let runtimeDirectory: String
    private let environment: [String: String]
    private let clock: any Clock<Duration>
    private let logger: Logger

    /// - Parameters:
    ///   - http: A client made by ``BackendHTTP/makeClient(eventLoopGroup:)``. Who made it shuts it down when the
    ///     backends have ended.
    ///   - runtimeDirectory: Where supervised servers have their sockets; only the worker's user may write there.
    ///   - environment: The worker's environment, of which supervised servers get a part.
    ///   - clock: What waits and timeouts are measured on.
    ///   - logger: For all backends; each adds its name.
    package init(
        http: BackendHTTP,
        runtimeDirectory: String,
        environment: [String: String],
        clock: any Clock<Duration> = ContinuousClock(),
        logger: Logger
    ) {
        self.http = http
        self.runtimeDirectory = runtimeDirectory
        self.environment = environment
        self.clock = clock
        self.logger = logger
    }

    /// Makes a backend, which does nothing until it is run or used.
    ///
    /// - Throws: ``SettingError`` if the configuration cannot work here.
    package func makeBackend(_ configuration: BackendConfiguration) throws(SettingError) -> any InferenceBackend {
        switch configuration.kind {
        case .openAI(let settings):
            OpenAIBackend(
                name: configuration.name,
                configuration: settings,
                http: http,
                clock: clock,
                logger: logger
            )
        case .llamaServer(let settings):
            try LlamaServerBackend(
                name: configuration.name,
                configuration: settings,
                runtimeDirectory: runtimeDirectory,
                environment: environment,
                http: http,
                clock: clock,
                logger: logger
            )
        }
    }
}
