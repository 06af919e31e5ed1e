import Signing
import Testing
import WorkerProtocol

@testable import Gateway

@Suite struct ModelVerdictTests {
    private let worker = Identity.generate().address
    private let other = Identity.generate().address
    private static let model = "qwen3-8b"

    /// A moment in which both workers host the model.
    private struct Scene {
        var registry = WorkerRegistry()
        var book = ReputationBook()
        var isDraining = false
        var now: Int64 = 0
        var waiting: [String: Int] = [:]
    }

    private func scene(_ change: (inout WireAnnounce) -> Void = { _ in }) -> Scene {
        var scene = Scene()
        for address in [other, worker] {
            _ = scene.registry.joined(
                LiveWorker(
                    address: address,
                    payoutAddress: address,
                    software: "test/1",
                    sessionID: "s1",
                    shareBasisPoints: 7_500,
                    since: .now
                )
            )
            var announce = WireAnnounce.make {
                $0.models = [
                    .make {
                        $0.id = Self.model
                        $0.slots = 1
                        $0.freeSlots = 1
                        $0.health = .healthy
                    }
                ]
            }
            if address == worker { change(&announce) }
            scene.registry.announced(announce, by: address, sessionID: "s1")
        }
        return scene
    }

    private func standing(_ scene: Scene) throws -> WireStanding {
        let live = try #require(scene.registry.workers[worker])
        return WorkerStanding(
            worker: live,
            moment: NetworkMoment(
                registry: scene.registry,
                reputation: scene.book,
                isDraining: scene.isDraining,
                now: scene.now
            ),
            catalogue: ModelCatalogue(adding: []),
            waiting: scene.waiting
        ).wire
    }

    private func verdict(_ scene: Scene) throws -> WireVerdict {
        let models = try standing(scene).models
        #expect(models.count == 1)
        #expect(models.allSatisfy { $0.message.hasSuffix(".") }, "a sentence")
        return try #require(models.first?.verdict)
    }

    @Test func `a worker that nobody asked hears that nothing is wrong`() throws {
        #expect(try verdict(scene()) == .noDemand)
    }

    @Test func `jobs that come here make it eligible, and jobs that go elsewhere do not`() throws {
        var scene = scene()
        scene.book.asked(Self.model, needs: [], at: 0)
        scene.book.offered(Self.model, to: other, at: 0)
        #expect(try verdict(scene) == .othersPreferred)
        scene.book.offered(Self.model, to: worker, at: 0)
        #expect(try verdict(scene) == .eligible)
        scene.now = 3_600_000
        #expect(try verdict(scene) == .noDemand)
    }

    @Test func `a feature that every job needs and the worker lacks is named`() throws {
        var scene = scene()
        scene.book.asked(Self.model, needs: [.tools], at: 0)
        #expect(try verdict(scene) == .lacksFeatures)
        #expect(try standing(scene).models[0].message.contains("'tools'"))
        scene.book.asked(Self.model, needs: [], at: 0)
        #expect(try verdict(scene) == .othersPreferred)
    }

    @Test func `a worker set aside hears until when and for what, and is on trial after it`() throws {
        var scene = scene()
        var random = SeededSource(seed: 5)
        for number in 1...3 {
            _ = scene.book.failed(
                .init(at: 0, jobID: "job_\(number)", model: Self.model, fault: .backendUnavailable),
                by: worker,
                sessionID: "s1",
                using: &random
            )
        }
        #expect(try verdict(scene) == .setAside)
        let standing = try standing(scene)
        #expect((24_000...36_000).contains(standing.setAsideUntilMs))
        #expect(standing.setAsideReason.contains("job_3"))
        #expect(standing.failuresLastHour == 3)
        scene.now = standing.setAsideUntilMs
        scene.book.asked(Self.model, needs: [], at: scene.now)
        scene.book.offered(Self.model, to: worker, at: scene.now)
        let later = try self.standing(scene)
        #expect(later.models[0].verdict == .eligible)
        #expect(later.models[0].message.contains("one job at a time"))
        #expect(later.setAsideUntilMs == 0)
        #expect(later.setAsideReason.isEmpty)
    }

    @Test(arguments: [WirePauseCause.operator, .schedule, .fault, .unspecified])
    func `a paused worker hears whose doing it is`(_ cause: WirePauseCause) throws {
        let scene = scene {
            $0.paused = true
            $0.pauseCause = cause
            $0.pauseReason = "because"
        }
        #expect(try verdict(scene) == .paused)
        #expect(try standing(scene).models[0].message.contains("because"))
    }

    @Test func `the state of model, slots and network is said`() throws {
        #expect(try verdict(scene { $0.models[0].health = .starting }) == .unhealthy)
        #expect(try verdict(scene { $0.models[0].health = .unhealthy }) == .unhealthy)
        #expect(try verdict(scene { $0.models[0].slots = 0 }) == .noFreeSlots)
        #expect(try verdict(scene { $0.models[0].id = "mine" }) == .notInCatalogue)
        var full = scene()
        _ = try full.registry.reserve(Self.model, on: worker)
        #expect(try verdict(full) == .noFreeSlots)
        var draining = scene()
        draining.isDraining = true
        #expect(try verdict(draining) == .networkDraining)
        var leaving = scene()
        leaving.registry.draining(worker, sessionID: "s1")
        #expect(try verdict(leaving) == .paused)
        var refusing = scene()
        for _ in 1...3 { refusing.book.refused(Self.model, by: worker, withFreeSlots: true, at: 0) }
        #expect(try verdict(refusing) == .noFreeSlots)
        #expect(try standing(refusing).refusalsLastHour == 3)
    }

    @Test func `the figures are those of the book and the queue`() throws {
        var scene = scene()
        scene.waiting = [Self.model: 4]
        scene.book.asked(Self.model, needs: [], at: 0)
        scene.book.offered(Self.model, to: worker, at: 0)
        scene.book.settled(
            Self.model,
            by: worker,
            timeToFirstToken: 100,
            outputBytes: 4,
            completionTokens: 1,
            at: 0
        )
        scene.book.refresh(live: scene.registry.announcedModels, at: 0)
        let standing = try standing(scene)
        let model = try #require(standing.models.first)
        #expect(model.workers == 2)
        #expect(model.jobsLastHour == 1)
        #expect(model.jobsHereLastHour == 1)
        #expect(model.jobsWaiting == 4)
        #expect(model.score <= model.bestScore && model.bestScore <= 1_000)
        #expect(standing.offersLastHour == 1)
        #expect(standing.settledLastHour == 1)
        #expect(standing.parts.completion == 1_000)
        #expect(standing.parts.timeToFirstToken == 500)
    }

    @Test func `a standing is the same as long as nothing happens`() throws {
        var scene = scene()
        let before = try standing(scene)
        scene.now = 50_000
        #expect(try standing(scene) == before)
    }
}
