package import NIOCore
package import NIOHTTP1

/// What all connections of a listener for strangers share.
package struct HTTPGuard: Sendable {
    /// Words a refusal.
    ///
    /// The request's head is there if it was received. The headers of the body's length and of the connection's end are
    /// added to the answer.
    package typealias Answer = @Sendable (HTTPRefusal, HTTPRequestHead?) -> (HTTPResponseHead, ByteBuffer)

    package let bounds: HTTPBounds
    /// The bodies of all requests in progress.
    package let bodies: BodyBudget
    let register: ConnectionRegister
    let answer: Answer

    package init(bounds: HTTPBounds, answer: @escaping Answer) {
        self.bounds = bounds
        self.answer = answer
        bodies = BodyBudget(bounds: bounds)
        register = ConnectionRegister(bounds: bounds)
    }
}
