import InferenceAPI
import Logging
import Operations
import Signing
import WorkerProtocol

// Seed providers: the gateway as the worker of last resort.

extension JobCoordinator {
    /// A worker with a slot of it reserved or, where none can take the job, a seed provider.
    ///
    /// - Throws: Why neither could.
    func reserve(_ job: Job) throws(WorkerRegistry.Unavailable) -> Reservation {
        try reserve(
            job.model.id,
            needs: job.request.neededFeatures,
            excluding: job.update { $0.passedOver },
            seeds: job.triedSeeds
        )
    }

    /// The same for a request that is no job yet.
    func reserve(
        _ model: String,
        needs: Set<LiveWorker.Feature>,
        excluding excluded: Set<Address> = [],
        seeds tried: Set<String> = []
    ) throws(WorkerRegistry.Unavailable) -> Reservation {
        do throws(WorkerRegistry.Unavailable) {
            return .worker(try hub.reserve(model, needs: needs, excluding: excluded))
        } catch {
            switch seeds.reserve(model, needs: needs, excluding: tried) {
            case .reserved(let slot): return .seed(slot)
            case .none: throw error
            case .busy: throw .atCapacity
            case .setAside(let until):
                switch error {
                case .atCapacity: throw error
                case .setAside(let other): throw .setAside(until: min(until, other))
                case .noWorkers, .unsupported: throw .setAside(until: until)
                }
            }
        }
    }

    func offer(_ job: Job, to reservation: Reservation) {
        switch reservation {
        case .worker(let worker): offer(job, to: worker)
        case .seed(let slot): start(job, on: slot)
        }
    }

    /// Gives a slot back that no attempt used.
    func release(_ reservation: Reservation, of model: String) {
        switch reservation {
        case .worker(let worker): release(model, on: worker)
        case .seed(let slot): seedReleased(slot.id, .withdrawn)
        }
    }

    func seedReleased(_ id: String, _ outcome: AttemptOutcome) {
        for model in seeds.release(id, outcome) { slotsChanged(of: model) }
    }

    /// Runs a job on a slot that is reserved: offered to the gateway itself, whose share is nothing.
    private func start(_ job: Job, on slot: SeedSlot) {
        let offer = job.offer(
            to: identity.address,
            paying: identity.address,
            shareBasisPoints: 0,
            from: identity.address
        )
        let attempt = JobExchange.Attempt(worker: identity.address, sessionID: slot.id)
        job.noteTried(seed: slot.provider)
        job.remember(offer, atMilliseconds: clock.nowMilliseconds)
        guard let upstream = seeds.upstream(of: slot), job.update({ $0.offered(attempt, at: .now) }) else {
            return seedReleased(slot.id, .withdrawn)
        }
        logger.info(
            "job goes to a seed provider",
            metadata: ["job.id": "\(job.id)", "backend.name": "\(slot.provider)"]
        )
        let run = SeedRun(job, offer, on: slot, of: upstream, for: self)
        seeds.started(run, on: slot)
        background.add { await run.run() }
    }
}
