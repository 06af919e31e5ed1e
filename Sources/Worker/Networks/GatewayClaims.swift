import Signing
import Synchronization

/// Which of this worker's networks holds the session with a gateway.
///
/// A gateway keeps one session for each worker and ends the older one, so two `[[network]]` sections that reach the same
/// gateway would supersede each other without end.
final class GatewayClaims: Sendable {
    private let owners = Mutex<[Address: String]>([:])

    init() {}

    /// Claims a gateway for a network, by the name of its section.
    ///
    /// - Returns: The network that holds it already; `nil`: it is claimed now.
    func claim(_ gateway: Address, for network: String) -> String? {
        owners.withLock { owners in
            if let owner = owners[gateway], owner != network { return owner }
            owners[gateway] = network
            return nil
        }
    }

    /// A network's session is over.
    func release(_ network: String) {
        owners.withLock { owners in
            owners = owners.filter { $0.value != network }
        }
    }
}
