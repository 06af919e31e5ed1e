#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The directory of a supervised server's socket, which nobody but the worker's user can enter.
///
/// A socket cannot collide as a port can: on a port, a stale server answers `/health` in place of the child that failed
/// to bind it.
struct SocketDirectory: Sendable, Equatable {
    /// The directory.
    let path: String

    /// The socket in it; llama.cpp takes a host for a path if it ends in `.sock`.
    var socket: String { "\(path)/http.sock" }

    /// The directory of the backend called `name` below `parent`.
    ///
    /// - Throws: ``SettingError`` of `name` if the socket's path would be too long for the kernel, or
    ///   the name is none for a directory.
    init(parent: String, name: String) throws(SettingError) {
        guard !name.isEmpty, !name.contains("/"), name != ".", name != ".." else {
            throw SettingError("name", found: "\"\(name)\"", expected: "one that a directory can have")
        }
        path = "\(parent)/backend-\(name)"
        let excess = socket.utf8.count - OpenAIEndpoint.longestSocketPath
        guard excess <= 0 else {
            throw SettingError(
                "name",
                found: "one that makes the socket's path \(excess) bytes too long, \(socket)",
                expected: "a shorter one, or a shorter state directory"
            )
        }
    }

    /// Makes the directory if it is not there, and removes a socket that an earlier run left: it would block binding.
    ///
    /// - Throws: ``BackendError/Code/failed`` with what the system says.
    func prepare() throws(BackendError) {
        if mkdir(path, 0o700) != 0, errno != EEXIST { throw systemError }
        // Fails on what is no directory, or a link to one, and on one that belongs to somebody else.
        let directory = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard directory >= 0 else { throw systemError }
        defer { close(directory) }
        guard fchmod(directory, 0o700) == 0 else { throw systemError }
        removeSocket()
    }

    /// Removes the socket, if there is one.
    func removeSocket() {
        unlink(socket)
    }

    /// Removes the socket and the directory.
    func remove() {
        removeSocket()
        rmdir(path)
    }

    private var systemError: BackendError {
        BackendError(.failed, "\(path), the directory of its socket: \(String(cString: strerror(errno)))")
    }
}
