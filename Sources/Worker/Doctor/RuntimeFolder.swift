import Glibc

/// A folder of this user's alone for the sockets of backends that a command starts; the daemon has its own.
struct RuntimeFolder: Sendable {
    let path: String

    init(environment: [String: String]) {
        let parent = environment["TMPDIR"] ?? "/tmp"
        var template = Array("\(parent)/decentral-XXXXXX".utf8CString)
        let made = template.withUnsafeMutableBufferPointer { buffer in
            buffer.baseAddress.flatMap(mkdtemp).map { String(cString: $0) }
        }
        // A parent that cannot be written makes the backend say so, with its path.
        path = made ?? "\(parent)/decentral"
    }

    /// Removes it; what a backend left behind keeps it there.
    func remove() {
        rmdir(path)
    }
}
