/// When a job was accepted, began to answer and ended, in Unix milliseconds of network time.
package struct JobTimes: Sendable, Hashable {
    package var acceptedAtMS: Int64
    /// `nil` where no token came.
    package var firstTokenAtMS: Int64?
    package var finishedAtMS: Int64

    package init(acceptedAtMS: Int64, firstTokenAtMS: Int64?, finishedAtMS: Int64) {
        self.acceptedAtMS = acceptedAtMS
        self.firstTokenAtMS = firstTokenAtMS
        self.finishedAtMS = finishedAtMS
    }
}
