import Glibc

/// How far a plain connection to a host gets: the steps that a transport's error does not tell apart.
struct HostProbe: Sendable {
    enum Answer: Sendable, Equatable {
        /// Somebody listens.
        case connected
        /// The name has no address; the text is the resolver's.
        case unknownHost(String)
        /// The machine is there, and nobody listens at the port.
        case refused
        /// No answer: a firewall, or the machine is off.
        case tookTooLong
        case failed(String)
    }

    /// Connects and closes at once.
    var connect: @Sendable (_ host: String, _ port: Int) async -> Answer

    /// Over TCP; each address may take `milliseconds`.
    static func live(milliseconds: Int32 = 5_000) -> HostProbe {
        HostProbe { host, port in
            await blocking { connect(host, port, milliseconds: milliseconds) }
        }
    }

    private static func connect(_ host: String, _ port: Int, milliseconds: Int32) -> Answer {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        let status = getaddrinfo(host, String(port), &hints, &found)
        guard status == 0 else { return .unknownHost(String(cString: gai_strerror(status))) }
        defer { freeaddrinfo(found) }
        var answer = Answer.unknownHost("it has no address")
        var next = found
        // One that refuses says more than one that does not answer; the first that takes the connection is enough.
        for _ in 0..<4 {
            guard let address = next?.pointee else { break }
            answer = connect(address, milliseconds: milliseconds)
            if answer == .connected { break }
            next = address.ai_next
        }
        return answer
    }

    private static func connect(_ address: addrinfo, milliseconds: Int32) -> Answer {
        let flags = address.ai_socktype | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let descriptor = socket(address.ai_family, flags, address.ai_protocol)
        guard descriptor >= 0 else { return .failed(String(cString: strerror(errno))) }
        defer { close(descriptor) }
        if Glibc.connect(descriptor, address.ai_addr, address.ai_addrlen) == 0 { return .connected }
        guard errno == EINPROGRESS else { return answer(to: errno) }
        var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        guard poll(&waiting, 1, milliseconds) > 0 else { return .tookTooLong }
        var number: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &number, &size)
        return number == 0 ? .connected : answer(to: number)
    }

    private static func answer(to number: Int32) -> Answer {
        switch number {
        case ECONNREFUSED: .refused
        case ETIMEDOUT: .tookTooLong
        default: .failed(String(cString: strerror(number)))
        }
    }
}
