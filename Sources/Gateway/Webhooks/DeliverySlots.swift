import GatewayStore

/// Which messages are on their way, and how many more may be.
///
/// A receiver that is slow holds its own slots and no others: of a webhook, of a wallet's webhooks together, and of a
/// host's, only so many messages are on their way at once. Wallets take turns at what is left, by how many each has on
/// their way: a few that fill their slots again and again would otherwise keep everybody else's messages waiting.
struct DeliverySlots: Sendable {
    struct Limits: Sendable {
        var total = 64
        var ofWallet = 8
        var ofHost = 8
        var ofWebhook = 4
    }

    private let limits: Limits
    private var messageIDs: Set<String> = []
    private var webhooks: [String: Int] = [:]
    /// How many messages of each wallet are on their way.
    private(set) var wallets: [String: Int] = [:]
    private var hosts: [String: Int] = [:]

    init(limits: Limits = Limits()) {
        self.limits = limits
    }

    /// How many more messages may be sent.
    var room: Int { limits.total - messageIDs.count }

    /// What is not to be taken from the queue now.
    var exclusion: WebhookStore.Exclusion {
        var exclusion = WebhookStore.Exclusion()
        exclusion.messageIDs = messageIDs
        exclusion.webhookIDs = Self.full(webhooks, limits.ofWebhook)
        exclusion.wallets = Self.full(wallets, limits.ofWallet)
        exclusion.hosts = Self.full(hosts, limits.ofHost)
        return exclusion
    }

    /// Takes a slot for a message.
    ///
    /// - Returns: False if it is on its way already, or if too many like it are.
    mutating func take(_ message: DueMessage) -> Bool {
        guard room > 0, webhooks[message.webhookID, default: 0] < limits.ofWebhook,
            wallets[message.wallet, default: 0] < limits.ofWallet, hosts[message.host, default: 0] < limits.ofHost,
            messageIDs.insert(message.messageID).inserted
        else { return false }
        webhooks[message.webhookID, default: 0] += 1
        wallets[message.wallet, default: 0] += 1
        hosts[message.host, default: 0] += 1
        return true
    }

    /// Gives the slot of a message back.
    mutating func release(_ message: DueMessage) {
        guard messageIDs.remove(message.messageID) != nil else { return }
        Self.leave(&webhooks, message.webhookID)
        Self.leave(&wallets, message.wallet)
        Self.leave(&hosts, message.host)
    }

    private static func full(_ counts: [String: Int], _ limit: Int) -> Set<String> {
        Set(counts.filter { $0.value >= limit }.keys)
    }

    private static func leave(_ counts: inout [String: Int], _ key: String) {
        let left = counts[key, default: 0] - 1
        counts[key] = left > 0 ? left : nil
    }
}
