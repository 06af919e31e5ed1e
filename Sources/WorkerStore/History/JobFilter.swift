/// Which jobs to list; nil means any.
package struct JobFilter: Sendable, Equatable {
    package var network: String?
    package var status: JobStatus?
    package var model: String?
    /// Accepted at this time or later, Unix milliseconds.
    package var since: Int64?
    /// Accepted before this time, Unix milliseconds.
    package var before: Int64?

    package init(
        network: String? = nil,
        status: JobStatus? = nil,
        model: String? = nil,
        since: Int64? = nil,
        before: Int64? = nil
    ) {
        self.network = network
        self.status = status
        self.model = model
        self.since = since
        self.before = before
    }
}
