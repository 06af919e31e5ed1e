/// The bounds of a session: what each end holds the other to.
///
/// The gateway states them in `Welcome`; the defaults here are the ones of the protocol document
/// (`proto/decentral/worker/v1/worker.proto`).
package struct SessionLimits: Sendable, Equatable {
    /// Longest request body in an offer, in bytes.
    package var bodyBytes = 4 << 20
    /// Longest message on the stream, in bytes.
    ///
    /// Both ends must raise gRPC's own limit (4 MiB) to it, or the
    /// only stream of a worker ends at the first large offer.
    package var messageBytes = 8 << 20
    /// Longest output of one job, in bytes of its texts.
    package var outputBytes = 4 << 20
    /// Largest output of one job that makes vectors, in bytes: 1,024 vectors of 4,096 values, say.
    package var embeddingBytes = 16 << 20
    /// Both ends send a heartbeat this often.
    package var heartbeatInterval: Duration = .seconds(5)
    /// How long a running job outlives its session.
    package var reconnect: Duration = .seconds(10)
    /// How long a cancelled job has to send its receipt.
    package var cancelReceipt: Duration = .seconds(5)
    /// The worker ends a job this long before its deadline, so that its receipt still arrives in time.
    package var deadlineMargin: Duration = .seconds(5)

    /// Heartbeats that may be missed; the next one missing ends the session.
    package static let missedHeartbeats = 3
    /// The handshake ends within this time or the session does.
    package static let handshake: Duration = .seconds(10)
    /// Models that one worker may announce.
    package static let announcedModels = 256
    /// Jobs in flight that one `Announce` may list.
    package static let announcedJobs = 1024
    /// Slots that one model may announce.
    package static let announcedSlots = 4096
    /// Times that a gateway may state, in Unix milliseconds: to the end of the year 9999.
    package static let times: ClosedRange<Int64> = 0...253_402_300_799_999
    /// Jobs that one `RecordPage` may hold.
    package static let recordPageJobs = 256
    /// Longest name, reason or other text for people, in bytes; a longer one breaks the protocol.
    package static let textBytes = 1024

    package init() {}
}

extension SessionLimits {
    /// The limits as the gateway stated them.
    ///
    /// A value of zero (an older gateway, a missing field) keeps the default.
    package init(_ wire: WireLimits, heartbeatIntervalMilliseconds: UInt32) {
        self.init()
        if wire.maxBodyBytes > 0 { bodyBytes = Int(wire.maxBodyBytes) }
        if wire.maxMessageBytes > 0 { messageBytes = Int(wire.maxMessageBytes) }
        if wire.maxOutputBytes > 0 { outputBytes = Int(wire.maxOutputBytes) }
        embeddingBytes = wire.maxEmbeddingBytes > 0 ? Int(wire.maxEmbeddingBytes) : outputBytes
        if wire.reconnectMs > 0 { reconnect = .milliseconds(Int64(wire.reconnectMs)) }
        if wire.cancelReceiptMs > 0 { cancelReceipt = .milliseconds(Int64(wire.cancelReceiptMs)) }
        if wire.deadlineMarginMs > 0 { deadlineMargin = .milliseconds(Int64(wire.deadlineMarginMs)) }
        // Under a tenth of a second a gateway could make its workers spin.
        if heartbeatIntervalMilliseconds > 0 {
            heartbeatInterval = .milliseconds(max(100, Int64(heartbeatIntervalMilliseconds)))
        }
    }

    package var wire: WireLimits {
        var wire = WireLimits()
        wire.maxBodyBytes = UInt32(clamping: bodyBytes)
        wire.maxMessageBytes = UInt32(clamping: messageBytes)
        wire.maxOutputBytes = UInt32(clamping: outputBytes)
        wire.maxEmbeddingBytes = UInt32(clamping: embeddingBytes)
        wire.reconnectMs = reconnect.wireMilliseconds
        wire.cancelReceiptMs = cancelReceipt.wireMilliseconds
        wire.deadlineMarginMs = deadlineMargin.wireMilliseconds
        return wire
    }
}

extension Duration {
    /// Whole milliseconds, as fields named `…_ms` carry them; what does not fit becomes the nearest that does.
    package var wireMilliseconds: UInt32 {
        UInt32(clamping: components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000)
    }
}
