/// What stops a daemon's start or a command, as its user reads it: what failed, then what to do about it.
///
/// Text form, one or two lines:
/// ```
/// cannot lock the state directory /var/lib/x: decentral-worker (process 4711) holds it
/// hint: stop that process, or give this one a state_directory of its own
/// ```
package struct CommandError: Error, Sendable, CustomStringConvertible {
    /// The exit status of the process that ends with this error; it says what a script should do.
    package var code: ExitStatus
    /// A sentence for a person, with the value that was wrong; safe to show anyone.
    package var message: String
    /// What can be done about it, if we know.
    package var hint: String?
    /// What lay beneath, for debugging only.
    package var cause: (any Error)?

    /// Makes an error; `code` is ``ExitStatus/failed`` unless something better is known.
    package init(_ code: ExitStatus = .failed, _ message: String, hint: String? = nil, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.hint = hint
        self.cause = cause
    }

    package var description: String {
        guard let hint else { return self.message }
        return "\(self.message)\nhint: \(hint)"
    }
}
