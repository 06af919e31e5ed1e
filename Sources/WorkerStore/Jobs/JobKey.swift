/// Which job of which network: a second network can never collide with the first.
package struct JobKey: Hashable, Sendable {
    /// The gateway's address, base58.
    package var network: String
    package var jobID: String

    package init(network: String, jobID: String) {
        self.network = network
        self.jobID = jobID
    }
}
