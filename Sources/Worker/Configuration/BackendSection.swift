package import Backends
import Operations

/// `[[backend]]`: what runs models, and how long it may take.
package struct BackendSection: Sendable {
    package var configuration: BackendConfiguration
    package var timeouts: GenerationTimeouts

    package var name: String { configuration.name }

    init(_ table: inout ConfigurationTable, known: inout KnownNames) throws(ConfigurationError) {
        // name, kind, and what each kind needs: see BackendConfiguration. The name is unique.
        configuration = try BackendConfiguration(reading: &table)
        try table.claim("name", configuration.name, in: &known.backends)
        var timeouts = GenerationTimeouts()
        // connect_timeout_seconds: integer, 1 to 60 s, default 5: until the connection stands.
        timeouts.connect = try table.seconds("connect_timeout_seconds", in: 1...60, default: 5)
        // first_token_timeout_seconds: integer, 1 to 600 s, default 90: the backend's queue and the reading of the prompt.
        timeouts.firstToken = try table.seconds("first_token_timeout_seconds", in: 1...600, default: 90)
        // token_timeout_seconds: integer, 1 to 600 s, default 30: between two pieces of output.
        timeouts.betweenTokens = try table.seconds("token_timeout_seconds", in: 1...600, default: 30)
        // The job's own deadline ends it; this only bounds a backend that nobody stops.
        timeouts.total = .seconds(3600)
        self.timeouts = timeouts
    }
}
