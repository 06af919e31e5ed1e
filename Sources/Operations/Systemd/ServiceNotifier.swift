import Glibc

/// Tells systemd how the service is doing, over the socket that it named at the start.
///
/// A send never fails the daemon and never waits: systemd's queue is far longer than what we say, and where nobody
/// listens there is nobody to tell. Without `$NOTIFY_SOCKET` every method does nothing.
/// Source: sd_notify(3), systemd.service(5).
package struct ServiceNotifier: Sendable {
    /// A path, or `@name` for an abstract address; `nil` if systemd did not start this process.
    private let socket: String?
    /// How long systemd waits for a sign of life before it kills the service; `nil` if it does not watch.
    package let watchdogInterval: Duration?

    /// Takes the socket and the watchdog from the environment that the entry point has read.
    ///
    /// - Parameters:
    ///   - environment: `NOTIFY_SOCKET`, `WATCHDOG_USEC` and `WATCHDOG_PID` are looked at.
    ///   - processID: The watchdog is meant for this process only if `WATCHDOG_PID` is it, or is not set.
    package init(environment: [String: String], processID: Int32 = getpid()) {
        let socket = environment["NOTIFY_SOCKET"]
        self.socket = socket.flatMap { $0.hasPrefix("/") || $0.hasPrefix("@") ? $0 : nil }
        let isForUs = environment["WATCHDOG_PID"].map { $0 == String(processID) } ?? true
        let microseconds = environment["WATCHDOG_USEC"].flatMap(Int64.init) ?? 0
        self.watchdogInterval = isForUs && microseconds > 0 ? .microseconds(microseconds) : nil
    }

    /// The service is up: what depends on it may start.
    package func ready(status: String) {
        self.send(["READY=1", "STATUS=\(Self.line(status))"])
    }

    /// A sentence for `systemctl status`.
    package func status(_ text: String) {
        self.send(["STATUS=\(Self.line(text))"])
    }

    /// The configuration is being read again; ``ready(status:)`` must follow.
    package func reloading() {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        let microseconds = Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000
        self.send(["RELOADING=1", "MONOTONIC_USEC=\(microseconds)"])
    }

    /// The service is ending.
    package func stopping(status: String) {
        self.send(["STOPPING=1", "STATUS=\(Self.line(status))"])
    }

    /// Asks for so much time from now before a start or a stop counts as hung; repeat it while work goes on.
    package func extendTimeout(by duration: Duration) {
        self.send(["EXTEND_TIMEOUT_USEC=\(max(0, duration.nanoseconds / 1_000))"])
    }

    /// A sign of life; ``WatchdogService`` sends them.
    package func watchdog() {
        self.send(["WATCHDOG=1"])
    }

    /// One datagram, one `NAME=value` a line: a line end in a value would begin another assignment.
    private static func line(_ text: String) -> String {
        SafeText.line(text)
    }

    private func send(_ assignments: [String]) {
        guard let socket, let descriptor = try? UnixSocket.connect(to: socket, type: SOCK_DGRAM) else { return }
        defer { close(descriptor) }
        let message = assignments.joined(separator: "\n")
        _ = Glibc.send(descriptor, message, message.utf8.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
    }
}
