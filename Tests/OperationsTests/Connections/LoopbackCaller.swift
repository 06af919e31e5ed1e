import Glibc

/// A caller that speaks raw bytes over a loopback connection and can leave in every way that TCP knows.
final class LoopbackCaller {
    struct Failure: Error {
        let call: String
        let number: Int32
    }

    private var descriptor: Int32

    init(port: Int) throws {
        self.descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let status = withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(self.descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard status == 0 else { throw Failure(call: "connect", number: errno) }
    }

    deinit {
        self.close()
    }

    func send(_ text: String) throws {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Glibc.send(self.descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw Failure(call: "send", number: errno) }
            rest = rest.dropFirst(count)
        }
    }

    /// Blocks until `text` has arrived; what came with it is dropped.
    func receive(until text: String) throws {
        var received: [UInt8] = []
        while !String(decoding: received, as: UTF8.self).contains(text) {
            var buffer = [UInt8](repeating: 0, count: 4_096)
            let count = recv(self.descriptor, &buffer, buffer.count, 0)
            guard count > 0 else { throw Failure(call: "recv", number: errno) }
            received += buffer.prefix(count)
        }
    }

    func close() {
        guard self.descriptor >= 0 else { return }
        Glibc.close(self.descriptor)
        self.descriptor = -1
    }

    /// Lingering for no time makes the kernel send RST.
    func reset() {
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(self.descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
        self.close()
    }

    func closeSending() {
        shutdown(self.descriptor, Int32(SHUT_WR))
    }
}
