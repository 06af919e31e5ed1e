import Testing
import WorkerTransport

@Suite(.timeLimit(.minutes(1))) struct MessageOutboxTests {
    @Test func `what gathers leaves together`() async {
        let outbox = MessageOutbox<Int>()
        for number in 0..<3 { outbox.post(number) }
        #expect(await outbox.next() == [0, 1, 2])
        outbox.finish()
        #expect(await outbox.next() == nil)
    }

    @Test func `what was queued before the end still leaves`() async {
        let outbox = MessageOutbox<Int>()
        outbox.post(1)
        outbox.finish()
        #expect(!outbox.post(2))
        #expect(await outbox.next() == [1])
        #expect(await outbox.next() == nil)
    }

    @Test func `past the hard limit a message is refused`() async {
        let outbox = MessageOutbox<Int>(softLimit: 10, hardLimit: 100)
        #expect(outbox.post(1, bytes: 100))
        #expect(!outbox.post(2, bytes: 1))
        #expect(await outbox.next() == [1])
        #expect(outbox.post(3, bytes: 100))
    }

    @Test func `past the soft limit a sender waits until the reader has taken what there was`() async {
        let outbox = MessageOutbox<Int>(softLimit: 10, hardLimit: 1000)
        let sender = Task { await outbox.send(1, bytes: 11) }
        #expect(await outbox.next() == [1])
        #expect(await sender.value)
    }

    @Test func `a sender that is cancelled waits for no reader`() async {
        let outbox = MessageOutbox<Int>(softLimit: 10, hardLimit: 1000)
        let sender = Task { await outbox.send(1, bytes: 11) }
        sender.cancel()
        #expect(await sender.value)
        #expect(await outbox.next() == [1])
    }

    @Test func `a reader that is cancelled gets no more`() async {
        let outbox = MessageOutbox<Int>()
        let reader = Task { await outbox.next() }
        reader.cancel()
        #expect(await reader.value == nil)
    }

    @Test func `nothing is lost between many senders and one reader`() async {
        let outbox = MessageOutbox<Int>(softLimit: 64, hardLimit: 1 << 20)
        let senders = Task {
            await withTaskGroup(of: Void.self) { group in
                for sender in 0..<8 {
                    group.addTask {
                        for number in 0..<500 { _ = await outbox.send(sender * 500 + number, bytes: 16) }
                    }
                }
            }
            outbox.finish()
        }
        var received: [Int] = []
        while let batch = await outbox.next() { received += batch }
        await senders.value
        #expect(received.sorted() == Array(0..<4000))
    }
}
