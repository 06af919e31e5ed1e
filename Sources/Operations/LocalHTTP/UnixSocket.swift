import Glibc

/// The few things about Unix sockets that no library of ours does.
enum UnixSocket {
    /// The longest path that fits `sockaddr_un` with its terminating NUL, as unix(7) has it.
    static let pathLimit = 107

    /// Connects, which tells at once whether anybody listens there.
    ///
    /// - Parameters:
    ///   - path: A path, or `@name` for an abstract address.
    ///   - type: `SOCK_STREAM` or `SOCK_DGRAM`.
    /// - Returns: A close-on-exec descriptor that the caller closes.
    /// - Throws: `ENOENT` and `ECONNREFUSED` if nobody listens, `EACCES` if this user may not ask.
    static func connect(to path: String, type: __socket_type) throws(SystemError) -> Int32 {
        let descriptor = try SystemError.checked {
            socket(AF_UNIX, Int32(bitPattern: type.rawValue | SOCK_CLOEXEC.rawValue), 0)
        }
        do throws(SystemError) {
            try self.withAddress(path) { address, length throws(SystemError) in
                _ = try SystemError.checked { Glibc.connect(descriptor, address, length) }
            }
        } catch {
            close(descriptor)
            throw error
        }
        return descriptor
    }

    /// Lays a path, or `@name` for an abstract address, out as `sockaddr_un`.
    static func withAddress<Result>(
        _ path: String,
        _ body: (UnsafePointer<sockaddr>, socklen_t) throws(SystemError) -> Result
    ) throws(SystemError) -> Result {
        var bytes = Array(path.utf8)
        guard !bytes.isEmpty, bytes.count <= self.pathLimit else { throw SystemError(number: ENAMETOOLONG) }
        let isAbstract = bytes[0] == UInt8(ascii: "@")
        if isAbstract {
            bytes[0] = 0
        }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        // An abstract name is exactly as long as the length says; a path ends with a NUL.
        let length = MemoryLayout<sockaddr_un>.offset(of: \.sun_path).map { $0 + bytes.count + (isAbstract ? 0 : 1) }
        let result: Swift.Result<Result, SystemError> = withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                do throws(SystemError) {
                    return .success(try body(pointer, socklen_t(length ?? MemoryLayout<sockaddr_un>.size)))
                } catch {
                    return .failure(error)
                }
            }
        }
        return try result.get()
    }
}
