import Operations
import WorkerTransport

/// `[status]`: the socket at which the operator asks.
package struct StatusSection: Sendable {
    /// Absolute.
    package var socket: String
    /// The group that may write; `nil`: `decentral` where it exists.
    package var operatorGroup: String?
    /// Where Prometheus may read the metrics without the socket; `nil`: nowhere.
    package var metricsListen: MetricsAddress?

    /// A host, IPv6 without brackets, and a port.
    package struct MetricsAddress: Sendable, Equatable {
        package var host: String
        package var port: Int
        /// Whether only this machine can read there.
        package var isLoopback: Bool { HostPort.isLoopback(host) }
    }

    init(_ table: inout ConfigurationTable) throws(ConfigurationError) {
        // socket: path of at most 107 bytes, default /run/decentral-worker/worker.sock.
        socket = try table.path("socket", default: "/run/decentral-worker/worker.sock")
        guard socket.utf8.count <= 107 else {
            throw table.error("socket", found: "a path of \(socket.utf8.count) bytes", expected: "at most 107 bytes")
        }
        // operator_group: name of a group, default "decentral" where it exists. Its members may pause and drain.
        operatorGroup = try table.optionalString("operator_group")
        // metrics_listen: "HOST:PORT", port 1 to 65535, default nowhere. Who names an address that is not on loopback
        // means it: anyone who reaches it reads what the worker earns, and the start says so.
        metricsListen = try table.optionalValue(
            "metrics_listen",
            expected: "\"HOST:PORT\", such as \"127.0.0.1:9464\""
        ) { text in
            guard let (host, port) = HostPort.parse(text), port > 0 else { return nil }
            return MetricsAddress(host: host, port: port)
        }
    }
}
