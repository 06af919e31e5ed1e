import Operations

/// `[status]`: the socket at which the operator asks.
package struct StatusSection: Sendable {
    /// Absolute.
    package var socket: String
    /// The group that may write; `nil`: `decentral` where it exists.
    package var operatorGroup: String?

    init(_ table: inout ConfigurationTable) throws(ConfigurationError) {
        // socket: path of at most 107 bytes, default /run/decentral-worker/worker.sock.
        socket = try table.path("socket", default: "/run/decentral-worker/worker.sock")
        guard socket.utf8.count <= 107 else {
            throw table.error("socket", found: "a path of \(socket.utf8.count) bytes", expected: "at most 107 bytes")
        }
        // operator_group: name of a group, default "decentral" where it exists. Its members may pause and drain.
        operatorGroup = try table.optionalString("operator_group")
    }
}
