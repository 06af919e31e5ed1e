/// A receipt that the gateway has not answered, with what goes into the message that carries it.
package struct PendingReceipt: Sendable, Equatable {
    package var jobID: String
    package var promptTokens: Int
    package var completionTokens: Int
    /// `backend` or `estimated`.
    package var usageSource: String
    /// The signed receipt, the same bytes each time.
    package var envelope: [UInt8]
}
