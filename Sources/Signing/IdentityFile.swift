import Glibc

/// An identity on disk: a `solana-keygen` file that only its owner can read.
package enum IdentityFile {
    /// A file of 64 numbers has fewer than 300 bytes; blanks and line ends may be in it.
    private static let maximumLength = 4_096

    /// Reads an identity file.
    ///
    /// A symbolic link is followed, and what counts is the mode of the file that was opened.
    ///
    /// - Throws: ``SigningError/Code/fileMissing``, ``SigningError/Code/filePermissions`` where the mode gives
    ///   anything to group or others, ``SigningError/Code/fileMalformed``, ``SigningError/Code/fileInaccessible``.
    ///   The message names the path, what was found and what helps.
    package static func load(path: String) throws(SigningError) -> Identity {
        try load(path: path) { (status) throws(SigningError) in
            let mode = status.st_mode & 0o7777
            guard mode & 0o077 == 0 else {
                throw SigningError(
                    code: .filePermissions,
                    message: "\(path): mode \(octal(mode)) lets others use the key: chmod 600 \(path)"
                )
            }
        }
    }

    /// Reads an identity that systemd passed in `$CREDENTIALS_DIRECTORY`.
    ///
    /// systemd gives the service's user access by an access control list, which a file mode shows as 0440, on a
    /// file of root's; that, and 0400 of the user's own, is what is taken.
    ///
    /// - Throws: As ``load(path:)``.
    package static func loadCredential(path: String) throws(SigningError) -> Identity {
        try load(path: path) { (status) throws(SigningError) in
            let mode = status.st_mode & 0o7777
            guard mode & 0o037 == 0, status.st_uid == 0 || status.st_uid == geteuid() else {
                throw SigningError(
                    code: .filePermissions,
                    message: "\(path): mode \(octal(mode)), owner \(status.st_uid): not a credential as systemd"
                        + " makes it (0400 or 0440, of root or this user): use LoadCredential="
                )
            }
        }
    }

    /// Makes a new identity and its file: mode 0600, on the disk before this returns.
    ///
    /// The file appears under its name whole or not at all, and never in the place of another.
    ///
    /// - Throws: ``SigningError/Code/fileExists``, ``SigningError/Code/fileInaccessible``.
    package static func create(path: String) throws(SigningError) -> Identity {
        let identity = Identity.generate()
        let unfinished = "\(path).\(Hex.encode(RandomBytes.make(count: 8))).new"
        let file = try FileDescriptor.open(unfinished, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode: 0o600)
        do throws(SigningError) {
            // The mode given to open is cut by the process's mask, which must not matter here.
            try file.check(fchmod(file.number, 0o600), "change the mode of")
            try identity.withSecretKey { (key) throws(SigningError) in
                let (buffer, length) = IdentityText.encode(key)
                try buffer.withBytes { (text) throws(SigningError) in
                    try file.write(UnsafeRawBufferPointer(start: text, count: length))
                }
            }
            try file.check(fsync(file.number), "write")
            // Unlike a rename, a link fails where the name is taken.
            guard link(unfinished, path) == 0 else {
                if errno == EEXIST {
                    throw SigningError(
                        code: .fileExists,
                        message: "\(path): there is a file already; it was left as it is"
                    )
                }
                throw .system("create", path)
            }
        } catch {
            unlink(unfinished)
            throw error
        }
        unlink(unfinished)
        try syncDirectory(of: path)
        return identity
    }

    private static func load(
        path: String,
        checking status: (stat) throws(SigningError) -> Void
    ) throws(SigningError) -> Identity {
        // Without O_NONBLOCK a pipe in the file's place would hold the start up forever.
        let file = try FileDescriptor.open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
        var found = stat()
        try file.check(fstat(file.number, &found), "read")
        guard found.st_mode & S_IFMT == S_IFREG else {
            throw SigningError(code: .fileInaccessible, message: "\(path): not a regular file")
        }
        try status(found)
        let length = Int(found.st_size)
        guard (1...maximumLength).contains(length) else {
            throw SigningError(
                code: .fileMalformed,
                message: "\(path): expected a JSON array of 64 numbers (solana-keygen), found a file of \(length) bytes"
            )
        }
        let text = try GuardedMemory(count: length) { (buffer) throws(SigningError) in
            try file.read(UnsafeMutableRawBufferPointer(start: buffer, count: length))
        }
        do throws(SigningError) {
            let secretKey = try text.withBytes { (text) throws(SigningError) in
                try IdentityText.parse(UnsafeBufferPointer(start: text, count: length))
            }
            return try Identity(secretKey: secretKey)
        } catch {
            throw SigningError(code: .fileMalformed, message: "\(path): \(error.message)")
        }
    }

    /// Makes the new name itself last: a file's name belongs to its directory.
    private static func syncDirectory(of path: String) throws(SigningError) {
        let slash = path.utf8.lastIndex(of: UInt8(ascii: "/"))
        let parent = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let directory = try FileDescriptor.open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        try directory.check(fsync(directory.number), "write")
    }

    private static func octal(_ mode: mode_t) -> String {
        let digits = String(mode, radix: 8)
        return String(repeating: "0", count: max(0, 4 - digits.utf8.count)) + digits
    }
}
