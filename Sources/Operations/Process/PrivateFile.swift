import Glibc

/// A small file that holds a secret, such as an API key.
package enum PrivateFile {
    /// Why such a file was not read, without anything of its content.
    package struct Refusal: Error, Sendable, Equatable {
        /// What was found: the path and what is wrong with it.
        package var found: String
        /// What is expected.
        package var expected: String
    }

    /// Reads a regular file that neither its group nor others can touch.
    ///
    /// The checks are made on the file that was opened, not on a path that may lead elsewhere a moment later.
    ///
    /// - Parameters:
    ///   - path: Where it is.
    ///   - limit: The longest content accepted, in bytes.
    /// - Returns: Its content.
    /// - Throws: ``Refusal``.
    package static func read(_ path: String, limit: Int) throws(Refusal) -> [UInt8] {
        let descriptor: Int32
        do {
            // Without O_NONBLOCK, opening a pipe would wait for its writer.
            descriptor = try SystemError.checked { open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
        } catch {
            throw Refusal(found: "\"\(error)\" on opening \(path)", expected: "a file that this user can read")
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw Refusal(found: "\(path), which is no regular file", expected: "a regular file")
        }
        guard status.st_mode & 0o077 == 0 else {
            let mode = String(status.st_mode & 0o777, radix: 8)
            throw Refusal(
                found: "\(path) with mode 0\(mode)",
                expected: "mode 0600, because only its owner may read a secret"
            )
        }
        var content = [UInt8](repeating: 0, count: limit + 1)
        var count = 0
        while count < content.count {
            do {
                let got = try SystemError.checked {
                    content[count...].withUnsafeMutableBytes { Int32(Glibc.read(descriptor, $0.baseAddress, $0.count)) }
                }
                if got == 0 { break }
                count += Int(got)
            } catch {
                throw Refusal(found: "\"\(error)\" on reading \(path)", expected: "a readable file")
            }
        }
        guard count <= limit else {
            throw Refusal(found: "\(path) with more than \(limit) bytes", expected: "a file of at most that")
        }
        return Array(content[..<count])
    }
}
