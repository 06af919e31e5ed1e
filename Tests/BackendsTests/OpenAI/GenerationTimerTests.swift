import Testing

@testable import Backends

@Suite struct GenerationTimerTests {
    private let timeouts = GenerationTimeouts(
        connect: .seconds(1),
        firstToken: .seconds(10),
        betweenTokens: .seconds(3),
        total: .seconds(60)
    )

    @Test func `no connection in time expires`() {
        let timer = GenerationTimer(timeouts)
        #expect(timer.verdict(on: .connect, at: .milliseconds(400)) == .wait(.milliseconds(600)))
        #expect(timer.verdict(on: .connect, at: .seconds(1)) == .expired(.connect))
    }

    @Test func `the first token has its time from when the request was sent`() {
        var timer = GenerationTimer(timeouts)
        timer.requestSent(at: .milliseconds(500))
        #expect(timer.verdict(on: .connect, at: .seconds(9)) == .over)
        #expect(timer.verdict(on: .firstToken, at: .seconds(10)) == .wait(.milliseconds(500)))
        #expect(timer.verdict(on: .firstToken, at: .milliseconds(10_500)) == .expired(.firstToken))
    }

    @Test func `each token gives the next one its time`() {
        var timer = GenerationTimer(timeouts)
        timer.requestSent(at: .zero)
        timer.tokensArrived(at: .seconds(2))
        #expect(timer.verdict(on: .firstToken, at: .seconds(20)) == .over)
        #expect(timer.verdict(on: .betweenTokens, at: .seconds(4)) == .wait(.seconds(1)))
        timer.tokensArrived(at: .seconds(4))
        #expect(timer.verdict(on: .betweenTokens, at: .seconds(5)) == .wait(.seconds(2)))
        #expect(timer.verdict(on: .betweenTokens, at: .seconds(7)) == .expired(.betweenTokens))
    }

    @Test func `the time of a delivery is not the backend's`() {
        var timer = GenerationTimer(timeouts)
        timer.tokensArrived(at: .seconds(1))
        timer.deliveryBegan()
        #expect(timer.verdict(on: .betweenTokens, at: .seconds(30)) == .wait(.seconds(3)))
        timer.deliveryEnded(at: .seconds(30))
        #expect(timer.verdict(on: .betweenTokens, at: .seconds(32)) == .wait(.seconds(1)))
    }

    @Test func `the total expires whatever else happens`() {
        var timer = GenerationTimer(timeouts)
        timer.tokensArrived(at: .seconds(59))
        timer.deliveryBegan()
        #expect(timer.verdict(on: .total, at: .seconds(59)) == .wait(.seconds(1)))
        #expect(timer.verdict(on: .total, at: .seconds(60)) == .expired(.total))
    }
}
