import Foundation
import Webhooks

/// Finds the addresses of a name, as the system does.
enum HostResolver {
    /// Why a name has no addresses.
    struct Failure: Error {}

    /// All addresses of a name, in the order in which the system would try them.
    ///
    /// The system's call cannot be stopped, and takes its own time when a name's servers do not answer. It runs on a
    /// thread of its own: no event loop waits for it, and a task that is cancelled goes on without its answer.
    ///
    /// - Throws: ``Failure``; `CancellationError`.
    static func addresses(of name: String) async throws -> [InternetAddress] {
        let (answers, answer) = AsyncStream.makeStream(of: [InternetAddress].self)
        Thread.detachNewThread {
            answer.yield(lookUp(name))
            answer.finish()
        }
        for await addresses in answers {
            guard !addresses.isEmpty else { throw Failure() }
            return addresses
        }
        throw CancellationError()
    }

    private static func lookUp(_ name: String) -> [InternetAddress] {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_ADDRCONFIG
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(name, nil, &hints, &list) == 0 else { return [] }
        defer { freeaddrinfo(list) }
        var addresses: [InternetAddress] = []
        var next = list
        while let entry = next {
            if let address = address(entry.pointee) { addresses.append(address) }
            next = entry.pointee.ai_next
        }
        return addresses
    }

    /// Shape: `sockaddr_in` has its address after family and port, `sockaddr_in6` after the flow information too.
    private static func address(_ entry: addrinfo) -> InternetAddress? {
        let bytes = UnsafeRawBufferPointer(start: entry.ai_addr, count: Int(entry.ai_addrlen))
        switch entry.ai_family {
        case AF_INET where bytes.count >= 8: return InternetAddress(bytes: Array(bytes[4..<8]))
        case AF_INET6 where bytes.count >= 24: return InternetAddress(bytes: Array(bytes[8..<24]))
        default: return nil
        }
    }
}
