/// Why a signed document, or an amount in one, cannot be used.
package struct ReceiptError: Error, Equatable, Sendable, CustomStringConvertible {
    package enum Code: String, Sendable {
        /// The text is not an envelope. Give up.
        case malformedEnvelope
        /// The envelope is of another type, or not signed by the one who must have. Give up.
        case invalidSignature
        /// The payload is of a version that this software does not know. Update it.
        case unsupportedVersion
        /// A field is missing or cannot have its value. Give up.
        case malformed
        /// The payload is not in its one canonical form, or has fields that its version does not have. Give up.
        case notCanonical
        /// An amount is negative, or larger than any document can hold. Give up.
        case amountOutOfRange
    }

    package let code: Code
    /// A sentence for a person, with what was wrong.
    package let message: String

    package init(code: Code, message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }
}
