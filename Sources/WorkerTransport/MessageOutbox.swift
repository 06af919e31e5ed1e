import Synchronization

/// The queue between those who have something to send and the one task that writes to a stream.
///
/// What gathers while a write is under way leaves in the next one, so a busy stream needs few system calls and a lone
/// message waits for nothing. Order is kept.
///
/// Two bounds, in bytes as the callers state them: above `softLimit` ``send(_:bytes:)`` waits, which holds back the
/// producers of output; above `hardLimit` ``post(_:bytes:)`` refuses, and the caller decides what gives way.
package final class MessageOutbox<Message: Sendable>: Sendable {
    private struct State {
        var queued: [Message] = []
        var queuedBytes = 0
        var isFinished = false
        var reader: CheckedContinuation<[Message]?, Never>?
        var senders: [UInt64: CheckedContinuation<Void, Never>] = [:]
        var lastSender: UInt64 = 0
    }

    private let softLimit: Int
    private let hardLimit: Int
    private let state = Mutex(State())

    package init(softLimit: Int = 1 << 20, hardLimit: Int = 64 << 20) {
        self.softLimit = softLimit
        self.hardLimit = hardLimit
    }

    /// Queues a message without waiting.
    ///
    /// `bytes` is about what the message takes on the stream.
    ///
    /// - Returns: False if the outbox is finished or holds more than the hard limit; the message was not taken.
    @discardableResult
    package func post(_ message: Message, bytes: Int = 128) -> Bool {
        let (taken, reader, batch) = state.withLock {
            state -> (Bool, CheckedContinuation<[Message]?, Never>?, [Message]) in
            guard !state.isFinished, state.queuedBytes + bytes <= hardLimit else { return (false, nil, []) }
            guard let reader = state.reader else {
                state.queued.append(message)
                state.queuedBytes += bytes
                return (true, nil, [])
            }
            state.reader = nil
            return (true, reader, [message])
        }
        reader?.resume(returning: batch)
        return taken
    }

    /// Queues a message, and waits while the outbox is above its soft limit.
    ///
    /// The message is taken before the wait, so cancelling the caller loses nothing.
    ///
    /// - Returns: False as ``post(_:bytes:)``.
    package func send(_ message: Message, bytes: Int) async -> Bool {
        guard post(message, bytes: bytes) else { return false }
        await waitForRoom()
        return true
    }

    /// Waits while the outbox is above its soft limit: for those who ``post(_:bytes:)`` under a lock of their own.
    ///
    /// Returns at once when the task is cancelled: a peer that does not read must hold nobody who wants to leave.
    package func waitForRoom() async {
        let number = state.withLock { state -> UInt64? in
            guard !state.isFinished, state.queuedBytes > softLimit else { return nil }
            state.lastSender += 1
            return state.lastSender
        }
        guard let number else { return }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let mayGoOn = state.withLock { state -> Bool in
                    if state.isFinished || state.queuedBytes <= softLimit || Task.isCancelled { return true }
                    state.senders[number] = continuation
                    return false
                }
                if mayGoOn { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.senders.removeValue(forKey: number) }?.resume()
        }
    }

    /// Waits for something to be queued and takes all of it, for one reader.
    ///
    /// It is `nil` when the outbox is finished and empty, or when the task is cancelled.
    package func next() async -> [Message]? {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let (batch, senders) = state.withLock {
                    state -> ([Message]??, [UInt64: CheckedContinuation<Void, Never>]) in
                    precondition(state.reader == nil, "an outbox has one reader")
                    if !state.queued.isEmpty {
                        let batch = state.queued
                        let senders = state.senders
                        state.queued = []
                        state.queuedBytes = 0
                        state.senders = [:]
                        return (batch, senders)
                    }
                    if state.isFinished || Task.isCancelled { return (.some(nil), [:]) }
                    state.reader = continuation
                    return (nil, [:])
                }
                for sender in senders.values { sender.resume() }
                if let batch { continuation.resume(returning: batch) }
            }
        } onCancel: {
            finish()
        }
    }

    /// Takes no more messages; those queued still leave.
    package func finish() {
        let (reader, senders) = state.withLock { state in
            state.isFinished = true
            defer {
                state.reader = nil
                state.senders = [:]
            }
            return (state.reader, state.senders)
        }
        reader?.resume(returning: nil)
        for sender in senders.values { sender.resume() }
    }
}
