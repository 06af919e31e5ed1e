package import GatewayStore
package import InferenceAPI
package import Signing

/// Which jobs to list, the newest first; nil means any.
package struct JobQuery: Sendable, Equatable {
    package var wallet: Address?
    package var status: JobStatus?
    package var model: String?
    /// The last job of the page before.
    package var after: JobID?
    /// See ``AdminLimits/page``.
    package var limit: Int

    package init(
        wallet: Address? = nil,
        status: JobStatus? = nil,
        model: String? = nil,
        after: JobID? = nil,
        limit: Int = AdminLimits.defaultPage
    ) {
        self.wallet = wallet
        self.status = status
        self.model = model
        self.after = after
        self.limit = limit
    }
}
