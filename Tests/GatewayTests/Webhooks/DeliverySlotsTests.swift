import GatewayStore
import Testing

@testable import Gateway

struct DeliverySlotsTests {
    private var limits: DeliverySlots.Limits {
        var limits = DeliverySlots.Limits()
        (limits.total, limits.ofWallet, limits.ofHost, limits.ofWebhook) = (5, 3, 3, 2)
        return limits
    }

    @Test func `a message is on its way once`() throws {
        var slots = DeliverySlots(limits: limits)
        func take(_ message: DueMessage) -> Bool { slots.take(message) }
        let message = try DueMessage.test()
        #expect(take(message))
        #expect(!take(message))
        #expect(slots.exclusion.messageIDs == ["msg_1"])
        slots.release(message)
        slots.release(message)
        #expect(slots.room == 5)
        #expect(slots.exclusion == DeliverySlots().exclusion)
        #expect(take(message))
    }

    @Test func `a webhook, a wallet and a host have their own bounds, and what is full is excluded`() throws {
        var slots = DeliverySlots(limits: limits)
        func take(_ message: DueMessage) -> Bool { slots.take(message) }
        func message(_ number: Int, _ hook: String, _ wallet: String, _ host: String) throws -> DueMessage {
            try .test("msg_\(number)", hook: hook, wallet: wallet, url: "https://\(host)/")
        }
        #expect(take(try message(1, "a", "w1", "one.example")))
        #expect(slots.exclusion.webhookIDs.isEmpty)
        #expect(take(try message(2, "a", "w1", "one.example")))
        #expect(slots.exclusion.webhookIDs == ["a"])
        #expect(!take(try message(3, "a", "w1", "one.example")), "the webhook has two on their way")
        #expect(take(try message(4, "b", "w1", "two.example")))
        #expect(slots.exclusion.wallets == ["w1"])
        #expect(!take(try message(5, "c", "w1", "three.example")), "the wallet has three")
        #expect(take(try message(6, "d", "w2", "one.example")))
        #expect(slots.exclusion.hosts == ["one.example"])
        #expect(!take(try message(7, "e", "w3", "one.example")), "the host has three")
        #expect(take(try message(8, "f", "w3", "four.example")))
        #expect(slots.room == 0)
        #expect(!take(try message(9, "g", "w4", "five.example")), "there are five in all")
    }
}
