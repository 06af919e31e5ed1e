/// Who the gateway is: the name of its network in everything that is signed.
package struct IdentityDetails: Codable, Sendable, Equatable {
    /// Base58.
    package var address: String
}
