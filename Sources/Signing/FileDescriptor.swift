import Glibc

/// An open file that is closed when it is dropped.
struct FileDescriptor: ~Copyable {
    let number: Int32
    private let path: String

    static func open(_ path: String, _ flags: Int32, mode: mode_t = 0) throws(SigningError) -> FileDescriptor {
        while true {
            let number = Glibc.open(path, flags, mode)
            if number >= 0 { return FileDescriptor(number: number, path: path) }
            if errno == EINTR { continue }
            if errno == ENOENT, flags & O_CREAT == 0 {
                throw SigningError(code: .fileMissing, message: "\(path): there is no such file")
            }
            throw .system(flags & O_CREAT == 0 ? "open" : "create", path)
        }
    }

    deinit {
        close(number)
    }

    /// Throws what the system said if `status` tells of a failure.
    func check(_ status: Int32, _ action: String) throws(SigningError) {
        if status != 0 { throw .system(action, path) }
    }

    func write(_ bytes: UnsafeRawBufferPointer) throws(SigningError) {
        var done = 0
        while done < bytes.count {
            let count = Glibc.write(number, bytes.baseAddress.map { $0 + done }, bytes.count - done)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw .system("write", path) }
            done += count
        }
    }

    /// Fills all of `buffer`; a file that has become shorter meanwhile is an error.
    func read(_ buffer: UnsafeMutableRawBufferPointer) throws(SigningError) {
        var done = 0
        while done < buffer.count {
            let count = Glibc.read(number, buffer.baseAddress.map { $0 + done }, buffer.count - done)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .system("read", path) }
            guard count > 0 else {
                throw SigningError(code: .fileInaccessible, message: "\(path): it changed while it was read")
            }
            done += count
        }
    }
}

extension SigningError {
    /// What the system said last (`errno`) about a file.
    static func system(_ action: String, _ path: String) -> SigningError {
        let reason = String(cString: strerror(errno))
        return SigningError(code: .fileInaccessible, message: "\(path): cannot \(action) it: \(reason)")
    }
}
