import Glibc

@testable import Operations

/// Stands where systemd does: receives what a service says about itself.
final class DatagramReceiver: Sendable {
    private let descriptor: Int32

    /// Binds a path, or `@name` for an abstract address.
    init(address: String) throws {
        self.descriptor = try SystemError.checked { socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0) }
        let descriptor = self.descriptor
        try UnixSocket.withAddress(address) { pointer, length throws(SystemError) in
            _ = try SystemError.checked { bind(descriptor, pointer, length) }
        }
    }

    deinit {
        close(self.descriptor)
    }

    /// The next message's lines; `nil` if none has come.
    ///
    /// No wait is needed: a datagram between Unix sockets is there once it has been sent.
    func receive() -> [String]? {
        var buffer = [UInt8](repeating: 0, count: 4_096)
        let count = recv(self.descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
        guard count >= 0 else { return nil }
        return String(decoding: buffer.prefix(count), as: UTF8.self).split(separator: "\n").map(String.init)
    }
}
