import Testing

@testable import Operations

struct ConnectionBookTests {
    private func book(limit: Int = 3, perAddress: Int = 100, refusals: Int = 1) -> ConnectionBook {
        var bounds = HTTPBounds()
        bounds.connections = limit
        bounds.connectionsPerAddress = perAddress
        bounds.refusals = refusals
        return ConnectionBook(bounds: bounds)
    }

    @Test func `at the limit the connection that has waited longest gives way`() {
        var book = book()
        for id in 0..<3 { #expect(book.opened(UInt64(id), from: "a") == .admitted) }
        // The oldest worked in between, so it has waited least.
        book.changed(0, isBusy: true)
        book.changed(0, isBusy: false)
        #expect(book.opened(3, from: "b") == .admittedInsteadOf(1))
        #expect(book.count == 3)
    }

    @Test func `when all are at work a new one is refused, and too many are not even told`() {
        var book = book()
        for id in 0..<3 {
            #expect(book.opened(UInt64(id), from: "a") == .admitted)
            book.changed(UInt64(id), isBusy: true)
        }
        #expect(book.opened(3, from: "b") == .refused)
        #expect(book.opened(4, from: "b") == .dropped)
        book.closed(3)
        #expect(book.opened(5, from: "b") == .refused)
        book.changed(1, isBusy: false)
        #expect(book.opened(6, from: "b") == .admittedInsteadOf(1))
    }

    @Test func `one address that has too many loses one of its own`() {
        var book = book(limit: 100, perAddress: 2)
        #expect(book.opened(0, from: "quiet") == .admitted)
        #expect(book.opened(1, from: "loud") == .admitted)
        #expect(book.opened(2, from: "loud") == .admitted)
        #expect(book.opened(3, from: "loud") == .admittedInsteadOf(1))
        book.changed(2, isBusy: true)
        book.changed(3, isBusy: true)
        #expect(book.opened(4, from: "loud") == .refused)
        book.closed(2)
        #expect(book.opened(5, from: "loud") == .admitted)
        #expect(book.count == 3)
    }

    @Test func `what has left is not counted, however often it is said`() {
        var book = book(limit: 1)
        #expect(book.opened(0, from: "a") == .admitted)
        book.closed(0)
        book.closed(0)
        book.changed(0, isBusy: true)
        #expect(book.count == 0)
        #expect(book.opened(1, from: "a") == .admitted)
    }
}
