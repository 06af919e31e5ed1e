import Operations
package import Signing
package import WorkerTransport

/// `[[network]]`: a network to take jobs from.
package struct NetworkSection: Sendable, Equatable {
    /// For people: in the log and in the status.
    package var name: String
    package var url: NetworkURL
    /// The only gateway to talk to; `nil`: any that proves an address.
    package var gatewayAddress: Address?
    /// Absolute path of a PEM file of the only authorities to trust; `nil`: the system's.
    package var trustFile: String?

    init(_ table: inout ConfigurationTable, known: inout KnownNames) throws(ConfigurationError) {
        // name: string, unique, required.
        name = try table.string("name")
        try table.claim("name", name, in: &known.networks)
        // url: https://HOST:PORT, or http://HOST:PORT on loopback; unique, required.
        let text = try table.string("url")
        do throws(TransportError) {
            url = try NetworkURL(text)
        } catch {
            throw table.error("url", found: error.message, expected: "https://HOST:PORT, or http:// on loopback")
        }
        try table.claim("url", url.description, in: &known.networkURLs)
        // gateway_address: base58 address; a gateway with another one is not talked to.
        gatewayAddress = try table.optionalValue("gateway_address", expected: "a base58 address of 32 bytes") {
            try Address(base58: $0)
        }
        // ca_file: path of a PEM file, for a gateway whose certificate no public authority signed.
        trustFile = try table.optionalPath("ca_file")
        if trustFile != nil, !url.usesTLS { throw table.error("ca_file", expected: "no ca_file with an http:// url") }
    }
}
