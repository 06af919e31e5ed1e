/// Why a request is refused before any route sees it, or in the middle of its body.
package enum HTTPRefusal: Error, Sendable, CaseIterable {
    /// The bytes are no HTTP/1.x request, or one that two readers could take for different ones.
    case malformed
    /// The request target is too long.
    case targetTooLong
    /// A header field, all of them together, or their number.
    case headersTooLarge
    /// The headers did not end in time.
    case headersTooSlow
    /// The body did not end in time, or hardly moved.
    case bodyTooSlow
    /// The bodies in progress fill their share of memory.
    case bodiesTooLarge
    /// Every connection that there may be is at work.
    case tooManyConnections
}
