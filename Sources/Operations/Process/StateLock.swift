import Glibc

/// The right to be the only process that writes a state directory.
///
/// An exclusive `flock` on `<state_directory>/lock`. The kernel drops it with the process, however that ends, so no
/// stale lock needs repair; the file itself stays. It holds `PROGRAM PID` for the message that the next one gets.
/// The descriptor is close-on-exec: a backend that outlived the daemon would otherwise keep the lock.
package final class StateLock: Sendable {
    /// The state directory that is held.
    package let directory: String
    private let descriptor: Int32

    /// Takes the lock, or says at once who holds it.
    ///
    /// - Parameters:
    ///   - directory: An existing state directory; see ``StateDirectory/prepare(_:)``.
    ///   - program: The name that others are shown, for example `decentral-worker`.
    /// - Throws: ``ExitStatus/unreachable`` if another process holds it; ``ExitStatus/usage`` if the file cannot be
    ///   opened.
    package init(directory: String, program: String) throws(CommandError) {
        let path = directory + "/lock"
        let descriptor: Int32
        do {
            // O_NOFOLLOW: who may write the directory could point `lock` at a file that we would then empty.
            descriptor = try SystemError.checked {
                open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o640)
            }
        } catch {
            throw CommandError(
                .usage,
                "cannot open the lock file \(path): \(error)",
                hint: "run as the user that owns \(directory)"
            )
        }
        do {
            _ = try SystemError.checked { flock(descriptor, LOCK_EX | LOCK_NB) }
        } catch {
            let holder = Self.readHolder(descriptor)
            close(descriptor)
            guard error.number == EWOULDBLOCK else {
                throw CommandError(.failed, "cannot lock the state directory \(directory): \(error)")
            }
            throw CommandError(
                .unreachable,
                "cannot lock the state directory \(directory): \(holder) holds it",
                hint: "stop that process, or give this one a state_directory of its own"
            )
        }
        self.directory = directory
        self.descriptor = descriptor
        self.writeHolder(program)
    }

    deinit {
        close(self.descriptor)
    }

    /// The name is for people only; the lock holds without it, so a full disk is no error here.
    private func writeHolder(_ program: String) {
        let text = "\(program) \(getpid())\n"
        _ = ftruncate(self.descriptor, 0)
        _ = pwrite(self.descriptor, text, text.utf8.count, 0)
    }

    /// Reads `PROGRAM PID` and renders "PROGRAM (process PID)".
    static func readHolder(_ descriptor: Int32) -> String {
        let text = withUnsafeTemporaryAllocation(byteCount: 128, alignment: 1) { buffer in
            String(decoding: buffer.prefix(max(0, pread(descriptor, buffer.baseAddress, 128, 0))), as: UTF8.self)
        }
        let words = text.split(whereSeparator: \.isWhitespace)
        guard words.count == 2, let pid = Int32(words[1]) else { return "another process" }
        return "\(SafeText.line(words[0])) (process \(pid))"
    }
}
