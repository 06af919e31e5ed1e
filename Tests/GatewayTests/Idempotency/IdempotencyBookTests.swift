import GatewayStore
import HTTPTypes
import InferenceAPI
import Signing
import Testing

@testable import Gateway

@Suite struct IdempotencyBookTests {
    private let key = IdempotencyBook.Key(wallet: Identity.generate().address, sha256: .sha256([1]))
    private let request = Digest.sha256([2])
    private let answer = KeptAnswer(headers: [.jobID: "job_1"], body: [1, 2, 3])

    /// A reader who waits for the request of `key`.
    private func reader(in book: inout IdempotencyBook) throws -> IdempotencyBook.Reader {
        guard case .wait(let reader) = book.begin(key, request: request, at: 0) else {
            throw Unexpected()
        }
        return reader
    }

    /// Begins a request that is the first of its key.
    private func first(
        in book: inout IdempotencyBook,
        of other: IdempotencyBook.Key? = nil,
        request: Digest? = nil,
        at now: Int64 = 0
    ) throws -> IdempotencyBook.Turn {
        guard case .first(let turn) = book.begin(other ?? key, request: request ?? self.request, at: now) else {
            throw Unexpected()
        }
        return turn
    }

    private struct Unexpected: Error {}

    @Test func `the first makes the request, others wait for its answer, and later ones get it from memory`() throws {
        var book = IdempotencyBook()
        let turn = try first(in: &book)
        let readers = [try reader(in: &book), try reader(in: &book)]
        let told = book.ended(turn, .answered(answer), at: 5)
        #expect(Set(told.readers) == Set(readers))
        #expect(told.ending == .answered(answer))
        #expect(book.begin(key, request: request, at: 6) == .kept(answer))
        #expect(book.begin(key, request: request, at: 5 + IdempotencyKey.life - 1) == .kept(answer))
    }

    @Test func `another request under the key is a conflict, while the first runs and while its answer is kept`() throws
    {
        var book = IdempotencyBook()
        let other = Digest.sha256([3])
        let turn = try first(in: &book)
        #expect(book.begin(key, request: other, at: 0) == .conflict)
        _ = book.ended(turn, .answered(answer), at: 0)
        #expect(book.begin(key, request: other, at: 0) == .conflict)
        // Another wallet's key is another key.
        let another = IdempotencyBook.Key(wallet: Identity.generate().address, sha256: key.sha256)
        _ = try first(in: &book, of: another, request: other)
    }

    @Test func `after a day the key is free`() throws {
        var book = IdempotencyBook()
        let turn = try first(in: &book)
        _ = book.ended(turn, .answered(answer), at: 0)
        _ = try first(in: &book, request: .sha256([3]), at: IdempotencyKey.life)
        #expect(book.keptCount == 0)
        #expect(book.keptBytes == 0)
    }

    @Test(arguments: [
        IdempotencyBook.Ending.failed(.workerFailed()), .withdrawn, .streaming(JobID(milliseconds: 1, random: 2)),
    ])
    func `what is no plain answer is told to those who wait and not kept`(ending: IdempotencyBook.Ending) throws {
        var book = IdempotencyBook()
        let turn = try first(in: &book)
        let reader = try reader(in: &book)
        let told = book.ended(turn, ending, at: 0)
        #expect(told.readers == [reader])
        #expect(told.ending == ending)
        _ = try first(in: &book)
    }

    @Test func `a request that ends twice does not end the next one of its key`() throws {
        var book = IdempotencyBook()
        let turn = try first(in: &book)
        _ = book.ended(turn, .streaming(JobID(milliseconds: 1, random: 2)), at: 0)
        let next = try first(in: &book)
        let reader = try reader(in: &book)
        let again = book.ended(turn, .withdrawn, at: 0)
        #expect(again.readers.isEmpty)
        let abandoned = [book.firstLeft(turn), book.left(reader)]
        #expect(abandoned == [nil, nil], "the caller of the next request is there")
        #expect(book.begin(key, request: .sha256([3]), at: 0) == .conflict, "the next request runs")
        _ = book.ended(next, .answered(answer), at: 0)
        #expect(book.begin(key, request: request, at: 0) == .kept(answer))
    }

    @Test func `the job is told that nobody wants it when the last one has left, and once`() throws {
        var book = IdempotencyBook()
        let turn = try first(in: &book)
        let readers = [try reader(in: &book), try reader(in: &book)]
        let abandoned = [
            book.left(readers[0]), book.firstLeft(turn), book.left(readers[1]), book.left(readers[1]),
            book.firstLeft(turn),
        ]
        #expect(abandoned == [nil, nil, turn, nil, nil])
    }

    @Test func `whoever comes after all had left begins anew if the job was dropped, and shares what it made else`()
        throws
    {
        for (ending, expected) in [
            (IdempotencyBook.Ending.failed(.workerFailed()), IdempotencyBook.Ending.withdrawn),
            (.answered(answer), .answered(answer)),
        ] {
            var book = IdempotencyBook()
            let turn = try first(in: &book)
            let abandoned = book.firstLeft(turn)
            #expect(abandoned == turn)
            let late = try reader(in: &book)
            let told = book.ended(turn, ending, at: 0)
            #expect(told.readers == [late])
            #expect(told.ending == expected)
        }
    }

    @Test func `answers are bounded in number and bytes, and the oldest gives way`() throws {
        var book = IdempotencyBook(limits: .init(answers: 3, bytes: 16 * 2_024))
        func give(_ number: UInt8, bytes: Int, at now: Int64 = 0) throws {
            let key = IdempotencyBook.Key(wallet: key.wallet, sha256: .sha256([number]))
            let turn = try first(in: &book, of: key, at: now)
            _ = book.ended(turn, .answered(KeptAnswer(headers: [:], body: Array(repeating: 0, count: bytes))), at: now)
        }
        func isKept(_ number: UInt8) -> Bool {
            let key = IdempotencyBook.Key(wallet: key.wallet, sha256: .sha256([number]))
            guard case .first(let turn) = book.begin(key, request: request, at: 0) else { return true }
            _ = book.ended(turn, .withdrawn, at: 0)
            return false
        }
        for number in 1...4 { try give(UInt8(number), bytes: 1_000) }
        #expect((1...4).map { isKept(UInt8($0)) } == [false, true, true, true])
        #expect(book.keptBytes == 3 * 2_024)
        try give(5, bytes: 5_000)
        #expect(!isKept(5), "one answer may not push out all others")

        var small = IdempotencyBook(limits: .init(answers: 100, bytes: 16 * 1_124))
        for number in 1...100 {
            let key = IdempotencyBook.Key(wallet: key.wallet, sha256: .sha256([UInt8(number)]))
            let turn = try first(in: &small, of: key)
            _ = small.ended(turn, .answered(KeptAnswer(headers: [:], body: Array(repeating: 0, count: 100))), at: 0)
        }
        #expect(small.keptCount == 16)
        #expect(small.keptBytes == 16 * 1_124)

        try give(6, bytes: 10, at: IdempotencyKey.life)
        #expect(book.keptCount == 1, "old answers go when a new one comes")
    }
}
