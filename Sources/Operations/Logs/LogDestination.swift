import Glibc

/// Who reads standard error.
package enum LogDestination: Sendable {
    /// A terminal or a file: each line begins with its time.
    case plain
    /// The systemd journal, which knows the time and takes a `<N>` prefix as the priority. Source: sd-daemon(3).
    case journal

    /// Finds out from `$JOURNAL_STREAM`.
    ///
    /// The variable is inherited, so it says only that some ancestor wrote to the journal; it counts if it names the
    /// very stream that standard error is. Source: systemd.exec(5).
    ///
    /// - Parameter environment: What the entry point has read.
    package init(environment: [String: String]) {
        self.init(journalStream: environment["JOURNAL_STREAM"], descriptor: 2)
    }

    init(journalStream: String?, descriptor: Int32) {
        var status = stat()
        guard let journalStream, fstat(descriptor, &status) == 0,
            journalStream == "\(status.st_dev):\(status.st_ino)"
        else {
            self = .plain
            return
        }
        self = .journal
    }
}
