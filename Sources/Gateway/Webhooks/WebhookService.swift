import GatewayStore
import Logging
import Operations
import SQLiteStore
import ServiceLifecycle
import Synchronization
import Webhooks

/// Sends the messages of webhooks from the queue on disk, each until it arrives or is dead.
///
/// What is on its way when the gateway stops, or is killed, has no outcome on disk and is sent again at the next start:
/// every message arrives at least once, and its receiver knows a repetition by `webhook-id`.
final class WebhookService: Service {
    /// How long messages are kept, whatever became of them, in milliseconds.
    static let kept: Int64 = 30 * 86_400_000
    /// Between two removals of old messages.
    static let removalPause: Duration = .seconds(3_600)
    /// Before the database is asked again that could not answer.
    static let troublePause: Duration = .seconds(5)
    /// The longest sleep: a clock that is set must not keep waiting what is due.
    static let longestSleep: Duration = .seconds(60)

    let meter = DeliveryMeter()
    private let store: WebhookStore
    private let sender: any MessageSender
    private let schedule: DeliverySchedule
    private let slots: Mutex<DeliverySlots>
    private let clock: WallClock
    private let timer: any Clock<Duration>
    private let random: @Sendable () -> Double
    private let logger: Logger

    /// - Parameters:
    ///   - store: Has the queue.
    ///   - sender: Carries a message.
    ///   - schedule: When to try again.
    ///   - limits: How much is on its way at once.
    ///   - clock: The network's time, which the queue goes by.
    ///   - timer: Measures pauses.
    ///   - random: From 0 to 1, for the jitter.
    ///   - logger: Hears of webhooks that are disabled, and of a database that fails.
    init(
        store: WebhookStore,
        sender: any MessageSender,
        schedule: DeliverySchedule = DeliverySchedule(),
        limits: DeliverySlots.Limits = DeliverySlots.Limits(),
        clock: WallClock,
        timer: any Clock<Duration> = ContinuousClock(),
        random: @escaping @Sendable () -> Double = { Double.random(in: 0...1) },
        logger: Logger
    ) {
        self.store = store
        self.sender = sender
        self.schedule = schedule
        slots = Mutex(DeliverySlots(limits: limits))
        self.clock = clock
        self.timer = timer
        self.random = random
        self.logger = logger
    }

    func run() async {
        await cancelWhenGracefulShutdown { await self.send() }
    }

    private func send() async {
        await withDiscardingTaskGroup { group in
            group.addTask { await self.removeOldMessages() }
            var alarm: Task<Void, Never>?
            defer { alarm?.cancel() }
            store.wakeSender()
            for await _ in store.arrivals {
                let pause = await startDue(in: &group)
                alarm?.cancel()
                alarm = Task { [store, timer] in
                    guard (try? await timer.sleep(for: pause)) != nil else { return }
                    store.wakeSender()
                }
            }
            group.cancelAll()
        }
    }

    /// Starts everything that is due and has room.
    ///
    /// - Returns: When to look again, unless a message comes or ends before.
    private func startDue(in group: inout DiscardingTaskGroup) async -> Duration {
        do {
            let now = clock.nowMilliseconds
            while true {
                let (exclusion, wallets, room) = slots.withLock { ($0.exclusion, $0.wallets, $0.room) }
                guard room > 0 else { return Self.longestSleep }
                let due = try await store.due(at: now, except: exclusion, onTheirWay: wallets, limit: room)
                guard !due.isEmpty else { break }
                for message in due where slots.withLock({ $0.take(message) }) {
                    group.addTask { await self.deliver(message) }
                }
            }
            guard let next = try await store.nextDue(after: now) else { return Self.longestSleep }
            return min(.milliseconds(next - now), Self.longestSleep)
        } catch {
            logger.error("the queue of webhooks cannot be read", metadata: ["error": "\(error)"])
            return Self.troublePause
        }
    }

    private func deliver(_ message: DueMessage) async {
        let outcome = await sender.send(message)
        // Cut off: it is sent again.
        guard outcome.error == nil || !Task.isCancelled else { return }
        let attempt = DeliveryAttempt(
            messageID: message.messageID,
            webhookID: message.webhookID,
            at: clock.nowMilliseconds,
            responseStatus: outcome.responseStatus,
            error: outcome.error
        )
        while !(await record(attempt)) {
            // It keeps its slot meanwhile: without its outcome on disk it would be sent again at once.
            guard (try? await timer.sleep(for: Self.troublePause)) != nil else { return }
        }
        slots.withLock { $0.release(message) }
        store.wakeSender()
    }

    /// Keeps what became of an attempt.
    ///
    /// - Returns: False if it could not be kept.
    private func record(_ attempt: DeliveryAttempt) async -> Bool {
        do {
            let consequence = try await store.record(attempt, schedule: schedule, random: random())
            note(consequence, of: attempt)
            return true
        } catch {
            logger.error(
                "what became of a webhook's message cannot be stored",
                metadata: ["webhook.id": "\(attempt.webhookID)", "error": "\(error)"]
            )
            return false
        }
    }

    private func note(_ consequence: DeliveryAttempt.Consequence, of attempt: DeliveryAttempt) {
        meter.update { tally in
            if attempt.error == nil { tally.delivered += 1 } else { tally.failed += 1 }
            if consequence == .dead || consequence == .disabled { tally.dead += 1 }
            if consequence == .disabled { tally.disabled += 1 }
        }
        guard let error = attempt.error else { return }
        let metadata: Logger.Metadata = [
            "webhook.id": "\(attempt.webhookID)", "message.id": "\(attempt.messageID)", "error": "\(error)",
        ]
        if consequence == .disabled {
            logger.warning("webhook disabled: nothing arrived for days", metadata: metadata)
        } else {
            logger.debug("webhook's message did not arrive", metadata: metadata)
        }
    }

    private func removeOldMessages() async {
        while !Task.isCancelled {
            do {
                let removed = try await store.removeMessages(before: clock.nowMilliseconds - Self.kept)
                if removed > 0 { continue }
            } catch {
                logger.error("old messages of webhooks cannot be removed", metadata: ["error": "\(error)"])
            }
            try? await timer.sleep(for: Self.removalPause)
        }
    }
}
