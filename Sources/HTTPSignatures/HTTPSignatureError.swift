/// Why a request's signature or its digest does not hold.
///
/// The message is a sentence for the caller and names what to change; it never quotes a signature.
package struct HTTPSignatureError: Error, Equatable, Sendable, CustomStringConvertible {
    package enum Code: String, Sendable {
        /// A header is not what its specification says. Fix the client.
        case malformed
        /// A component, an algorithm or a digest that is not spoken here. Use another.
        case unsupported
        /// The signature does not cover what it must. Sign it too.
        case notCovered
        /// `created` or `expires` does not allow it now. Sign again, and look at the clock.
        case time
        /// The digest is not that of the body. Give up.
        case digestMismatch
        /// The signature is not of this key over this request. Give up.
        case invalidSignature
    }

    package let code: Code
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }
}
