import Testing
import WorkerProtocol

@testable import Worker

struct NetworkStandingTests {
    private let now: Int64 = 1_781_533_320_000

    private func standing(offset: Int64 = 0, _ fill: (inout WireStanding) -> Void) -> NetworkStanding {
        NetworkStanding(.make(fill), receivedAt: now, clockOffset: offset)
    }

    @Test func `a verdict and its figures are taken over`() throws {
        let standing = standing { wire in
            wire.models = [
                .make {
                    $0.model = "tiny-chat"
                    $0.verdict = .othersPreferred
                    $0.message = "others have the better score"
                    $0.score = 412
                    $0.bestScore = 790
                    $0.workers = 3
                    $0.jobsLastHour = 120
                    $0.jobsWaiting = 2
                }
            ]
            wire.parts.completion = 1000
            wire.parts.uptime = 40
        }
        let model = try #require(standing["tiny-chat"])
        #expect(model.verdict == .othersPreferred)
        #expect(model.message == "others have the better score")
        #expect((model.score, model.bestScore, model.workers) == (412, 790, 3))
        #expect((model.jobsLastHour, model.jobsHereLastHour, model.jobsWaiting) == (120, 0, 2))
        #expect(model.jobsElsewhere == 122)
        #expect(standing.parts == .init(completion: 1000, timeToFirstToken: 0, proof: 0, uptime: 40))
        #expect(standing.receivedAtMilliseconds == now)
        #expect(standing["other"] == nil)
        #expect(standing.setAside == nil)
    }

    @Test func `every verdict of the protocol has a word, and a newer one is unknown`() {
        for wire in WireVerdict.allCases where wire != .unspecified {
            #expect(NetworkStanding.Verdict(wire) != .unknown)
        }
        #expect(NetworkStanding.Verdict(.UNRECOGNIZED(99)) == .unknown)
    }

    @Test func `being set aside ends by this machine's clock, however far it is from the network's`() {
        let standing = standing(offset: 5_000) {
            $0.setAsideUntilMs = now + 5_000 + 60_000
            $0.setAsideReason = "5 jobs in a row failed"
        }
        #expect(standing.setAside == .init(untilMilliseconds: now + 60_000, reason: "5 jobs in a row failed"))
        #expect(standing.isSetAside(atMilliseconds: now + 59_999))
        #expect(!standing.isSetAside(atMilliseconds: now + 60_000))
    }

    @Test func `what a network writes cannot drive a terminal, nor fill it`() throws {
        let standing = standing { wire in
            wire.models = [
                .make {
                    $0.model = "tiny-chat"
                    $0.message = "\u{1B}[2J" + String(repeating: "x", count: 5_000)
                }
            ]
        }
        let message = try #require(standing["tiny-chat"]).message
        #expect(!message.contains("\u{1B}"))
        #expect(message.count < 600)
    }
}
