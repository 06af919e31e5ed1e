/// Why a text is not the JSON that was asked for.
///
/// The message never holds a piece of the text: bodies and outputs must not reach a log this way.
package struct JSONError: Error, Equatable, Sendable, CustomStringConvertible {
    package enum Code: String, Sendable {
        /// The text breaks the grammar of RFC 8259.
        case syntax
        /// The text ends inside a value.
        case unexpectedEnd
        /// Another byte than white space follows the value.
        case trailingBytes
        /// An object has the same key twice.
        case duplicateKey
        /// A string is not UTF-8.
        case invalidUTF8
        /// Arrays and objects are nested deeper than ``JSONLimits/maximumDepth``.
        case tooDeep
        /// The text passes ``JSONLimits/maximumBytes`` or ``JSONLimits/maximumValues``.
        case tooLarge
        /// The value has no canonical form here: a number that is no integer of at most 53 bits.
        case notCanonical
    }

    package let code: Code
    /// Where in the text, in bytes from its start; 0 where the error is not about a text.
    package let offset: Int
    /// A sentence for a person.
    package let message: String

    package var description: String {
        code == .notCanonical ? message : "\(message) (at byte \(offset))"
    }
}
