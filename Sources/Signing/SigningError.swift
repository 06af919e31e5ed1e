/// Why a key, a signature or a signed document cannot be used.
///
/// The message is a sentence for a person and never holds a secret.
package struct SigningError: Error, Equatable, Sendable, CustomStringConvertible {
    package enum Code: String, Sendable {
        /// A text or a length is not that of an address, a key, a signature or a digest. Give up.
        case malformed
        /// The text is not a DSSE envelope. Give up.
        case malformedEnvelope
        /// The envelope is of another payload type than was asked for. Give up.
        case wrongPayloadType
        /// The envelope has no signature by the signer that was asked for. Give up.
        case wrongSigner
        /// A signature does not hold. Give up.
        case invalidSignature
        /// There is no identity file. Create one.
        case fileMissing
        /// There is a file already, and it was left as it is.
        case fileExists
        /// Others than its owner can read or write the identity file. Fix its mode.
        case filePermissions
        /// The file is not a `solana-keygen` identity. Restore it from a copy.
        case fileMalformed
        /// The system refused to read or write the file; the message says why.
        case fileInaccessible
    }

    package let code: Code
    package let message: String

    package var description: String { message }
}
