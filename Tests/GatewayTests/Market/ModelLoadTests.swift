import Testing

@testable import Gateway

@Suite struct ModelLoadTests {
    private let window: Duration = .seconds(180)

    private func observed(_ load: ModelLoad, busy: Int, waiting: Int = 0, seconds: Int) -> ModelLoad {
        var load = load
        for _ in 0..<seconds {
            load.observe(
                ModelCapacity(workers: 1, slots: 4, busy: busy),
                waiting: waiting,
                for: .seconds(1),
                window: window
            )
        }
        return load
    }

    @Test func `the mean follows what lasts and not what passes`() {
        let burst = observed(ModelLoad(), busy: 4, seconds: 10)
        #expect(burst.utilisation < 0.06)
        let lasting = observed(burst, busy: 4, seconds: 900)
        #expect(lasting.utilisation > 0.99)
        let over = observed(lasting, busy: 0, seconds: 900)
        #expect(over.utilisation < 0.01)
    }

    @Test func `how often it is observed changes nothing`() {
        var once = ModelLoad()
        once.observe(ModelCapacity(workers: 1, slots: 4, busy: 2), waiting: 0, for: .seconds(60), window: window)
        let often = observed(ModelLoad(), busy: 2, seconds: 60)
        #expect(abs(once.utilisation - often.utilisation) < 1e-9)
    }

    @Test func `a queue counts beyond the slots, up to a bound`() {
        let capacity = ModelCapacity(workers: 1, slots: 4, busy: 4)
        #expect(ModelLoad.utilisation(of: capacity, waiting: 2) == 1.5)
        #expect(ModelLoad.utilisation(of: capacity, waiting: 1_000) == ModelLoad.most)
        #expect(ModelLoad.utilisation(of: ModelCapacity(), waiting: 1) == 1)
        #expect(ModelLoad.utilisation(of: ModelCapacity(), waiting: 0) == 0)
    }

    @Test func `a clock that stands still or runs back leaves the mean within its bounds`() {
        var load = observed(ModelLoad(), busy: 4, seconds: 100)
        let before = load
        let capacity = ModelCapacity(workers: 1, slots: 4, busy: 0)
        load.observe(capacity, waiting: 0, for: .zero, window: window)
        #expect(load == before)
        load.observe(capacity, waiting: 0, for: .seconds(-5), window: window)
        #expect(load == before)
    }
}
