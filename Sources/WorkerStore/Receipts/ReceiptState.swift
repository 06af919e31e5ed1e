/// What the gateway said of a receipt, as `receipts.state`.
package enum ReceiptState: String, Sendable, CaseIterable {
    /// Not answered: sent again on every session.
    case pending
    /// Answered with a statement.
    case accepted
    /// Refused, for the reason kept beside it.
    case refused
}
