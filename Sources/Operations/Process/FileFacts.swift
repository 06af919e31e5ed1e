package import Glibc

/// What stat(2) tells of a file or a folder.
package struct FileFacts: Sendable, Equatable {
    package var isDirectory: Bool
    package var isRegularFile: Bool
    /// The permission bits.
    package var mode: mode_t
    package var owner: uid_t
    package var bytes: Int

    package init(isDirectory: Bool, mode: mode_t, owner: uid_t) {
        self.isDirectory = isDirectory
        self.isRegularFile = !isDirectory
        self.mode = mode
        self.owner = owner
        self.bytes = 0
    }

    /// Looks at a path, through links; nil with `errno` if that fails.
    package init?(path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        self.init(status)
    }

    /// Looks at an open file; nil with `errno` if that fails.
    package init?(descriptor: Int32) {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return nil }
        self.init(status)
    }

    private init(_ status: stat) {
        self.isDirectory = status.st_mode & S_IFMT == S_IFDIR
        self.isRegularFile = status.st_mode & S_IFMT == S_IFREG
        self.mode = status.st_mode & 0o7777
        self.owner = status.st_uid
        self.bytes = Int(status.st_size)
    }
}
