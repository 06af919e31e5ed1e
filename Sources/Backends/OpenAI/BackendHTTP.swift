package import AsyncHTTPClient
package import NIOCore

/// The HTTP client that backends share.
package enum BackendHTTP {
    /// Makes a client with the settings that backends rely on; who calls shuts it down.
    package static func makeClient(eventLoopGroup: any EventLoopGroup = HTTPClient.defaultEventLoopGroup) -> HTTPClient
    {
        var configuration = HTTPClient.Configuration(
            // A redirect could lead a prompt to a server that the operator did not name.
            redirectConfiguration: .disallow,
            // The timeouts of a request are watched by its watchdog; this one only ends what it left.
            timeout: .init(connect: .seconds(60))
        )
        // An error at once, instead of trying until the timeout: the next worker can take the job meanwhile.
        configuration.connectionPool.retryConnectionEstablishment = false
        // The bound on requests is the worker's slots; here they must not wait for each other.
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 4096
        // `Connection: close` means something in HTTP/1.1 only, and one stream per connection gains nothing from 2.
        configuration.httpVersion = .http1Only
        return HTTPClient(eventLoopGroupProvider: .shared(eventLoopGroup), configuration: configuration)
    }
}
