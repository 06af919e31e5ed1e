import Hummingbird
import InferenceAPI
import Signing
import Synchronization

/// Lets each account have so many requests for models in progress, so that none takes the whole gateway.
final class RequestGate: Sendable {
    /// Seconds after which one of hundreds of answers should be there.
    private static let retryAfter = 2

    private let open: Mutex<OpenRequests>

    /// - Parameter limit: Most requests of one account at a time.
    init(limit: Int) {
        open = Mutex(OpenRequests(limit: limit))
    }

    func count(of wallet: Address) -> Int { open.withLock { $0.count(of: wallet) } }

    /// Counts a request from here to the last byte of its answer.
    ///
    /// - Throws: 503 `network_at_capacity`, naming the bound; else what `answer` throws.
    func pass(_ wallet: Address, answer: () async throws -> Response) async throws -> Response {
        if let limit = open.withLock({ $0.enter(wallet) ? nil : $0.limit }) {
            throw APIError.accountAtCapacity(limit: limit, retryAfter: Self.retryAfter)
        }
        let place = Place(gate: self, wallet: wallet)
        var response: Response
        do {
            response = try await answer()
        } catch {
            place.leave()
            throw error
        }
        let body = response.body
        response.body = ResponseBody(contentLength: body.contentLength) { writer in
            defer { place.leave() }
            try await body.write(writer)
        }
        return response
    }

    fileprivate func leave(_ wallet: Address) {
        open.withLock { $0.leave(wallet) }
    }
}

/// The place of one request.
///
/// An answer that is never written, because its connection is gone, gives it back too.
private final class Place: Sendable {
    private let gate: RequestGate
    private let wallet: Address
    private let isHeld = Mutex(true)

    init(gate: RequestGate, wallet: Address) {
        self.gate = gate
        self.wallet = wallet
    }

    deinit { leave() }

    func leave() {
        let wasHeld = isHeld.withLock { isHeld in
            defer { isHeld = false }
            return isHeld
        }
        if wasHeld { gate.leave(wallet) }
    }
}
