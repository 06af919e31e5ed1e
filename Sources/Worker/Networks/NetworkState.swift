import Signing
import WorkerProtocol

/// What the status tells of a network.
struct NetworkState: Sendable, Equatable {
    var isConnected = false
    var sessionID: String?
    /// The gateway's address, once it has proven one.
    var gateway: String?
    /// The worker's share, as the last session agreed.
    var shareBasisPoints: Int?
    /// Since when it is connected, or is not; Unix milliseconds by this machine's clock.
    var sinceMilliseconds: Int64
    /// Why it is not connected, or was not before this session.
    var lastError: String?
    /// What kind of end that was: it decides what helps.
    var lastErrorCode: SessionClosure.Code?
    /// Sessions since the start.
    private(set) var sessions = 0
    /// Whether the network drains: it sends no offers.
    var isDraining = false
    /// What the network said last of this worker, on this session or an earlier one.
    var standing: NetworkStanding?

    init(sinceMilliseconds: Int64) {
        self.sinceMilliseconds = sinceMilliseconds
    }

    mutating func welcomed(_ terms: SessionTerms, atMilliseconds now: Int64) {
        isConnected = true
        sessions += 1
        isDraining = false
        sessionID = terms.sessionID
        gateway = terms.gateway.description
        shareBasisPoints = terms.shareBasisPoints
        sinceMilliseconds = now
    }

    mutating func ended(_ closure: SessionClosure, atMilliseconds now: Int64) {
        lastError = closure.message
        lastErrorCode = closure.code
        sessionID = nil
        isDraining = false
        guard isConnected else { return }
        isConnected = false
        sinceMilliseconds = now
    }
}
