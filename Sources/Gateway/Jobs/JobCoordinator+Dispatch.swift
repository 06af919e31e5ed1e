import FoundationEssentials
import GatewayStore
import InferenceAPI
import Operations
import Receipts
import Signing
import Synchronization
import WorkerProtocol

// Which worker gets a job, and which job gets a slot.

extension JobCoordinator {
    /// Who takes the job, with a slot of it reserved; `nil` if all slots are busy and the job may wait for one.
    func reserveUnlessBusy(_ model: String, _ request: InferenceRequest) throws(APIError) -> Reservation? {
        do throws(WorkerRegistry.Unavailable) {
            return try reserve(model, needs: request.neededFeatures)
        } catch {
            guard error == .atCapacity, state.withLock({ $0.waiting.count < $0.waiting.limit }) else {
                throw retryable(error, model: model)
            }
            return nil
        }
    }

    /// Finds another worker for a job that came back.
    func seek(_ job: Job) {
        // A test is for one worker: nobody else can answer for it.
        if job.isTest { return perform(job.update { $0.nobodyToAsk(.workerFailed()) }, job) }
        do throws(WorkerRegistry.Unavailable) {
            offer(job, to: try reserve(job))
        } catch {
            if error == .atCapacity || job.update({ $0.awaitsReturn }) { return queue(job) }
            giveUp(job, error)
        }
    }

    /// Ends a job that nobody is left to ask for.
    func giveUp(_ job: Job, _ unavailable: WorkerRegistry.Unavailable) {
        // Who refused it for want of a slot was passed over, and is busy all the same.
        let isBusy = unavailable == .noWorkers && job.update { $0.wasRefusedForCapacity }
        let error = retryable(isBusy ? .atCapacity : unavailable, model: job.model.id)
        perform(job.update { $0.nobodyToAsk(error) }, job)
    }

    /// Lets a job wait for a slot, or for a worker that may return.
    func queue(_ job: Job) {
        job.update { $0.queued(at: .now) }
        if !state.withLock({ $0.waiting.append(job.id, model: job.model.id) }) {
            giveUp(job, .atCapacity)
        }
        // A slot may have become free between the look and the queue.
        slotsChanged(of: job.model.id)
    }

    /// Gives free slots to the jobs that have waited longest.
    ///
    /// One pass through a model's queue at a time: a slot that becomes free while a pass holds a job in its hands has it
    /// go round again, or nobody would see the two together.
    func slotsChanged(of model: String) {
        guard state.withLock({ $0.waiting.beginPass(of: model) }) else { return }
        repeat { passThroughQueue(of: model) } while state.withLock({ $0.waiting.mustPassAgain(model) })
    }

    private func passThroughQueue(of model: String) {
        var place = 0
        while let id = state.withLock({ $0.waiting.take(at: place, model: model) }) {
            guard let job = state.withLock({ $0.jobs[id] }) else { continue }
            let excluded = job.update { $0.passedOver }
            do throws(WorkerRegistry.Unavailable) {
                offer(job, to: try reserve(job))
            } catch {
                guard error == .atCapacity || job.update({ $0.awaitsReturn }) else {
                    giveUp(job, error)
                    continue
                }
                state.withLock { state in
                    if state.jobs[id] != nil { state.waiting.putBack(id, at: place, model: model) }
                }
                // Nobody behind a job that any worker could have will fare better.
                if error == .atCapacity, excluded.isEmpty, job.request.neededFeatures.isEmpty { return }
                place += 1
            }
        }
    }

    /// A worker has a free slot; the end of its trial may have freed those of its other models too.
    func slotsChanged(of model: String, on worker: Address) {
        slotsChanged(of: model)
        guard state.withLock({ $0.waiting.count > 0 }) else { return }
        for other in hub.worker(worker)?.models.keys.filter({ $0 != model }) ?? [] { slotsChanged(of: other) }
    }

    func release(_ model: String, on worker: LiveWorker) {
        hub.update { $0.release(model, on: worker.address, sessionID: worker.sessionID) }
        slotsChanged(of: model)
    }

    /// Sends an offer for a slot that is reserved.
    func offer(_ job: Job, to worker: LiveWorker) {
        let offer = job.offer(
            to: worker.address,
            paying: worker.payoutAddress,
            shareBasisPoints: worker.shareBasisPoints,
            from: identity.address
        )
        let remaining = job.deadlineMilliseconds - clock.nowMilliseconds
        let attempt = JobExchange.Attempt(worker: worker.address, sessionID: worker.sessionID)
        // The exchange knows of the offer before the worker does, or an instant answer would find nothing.
        job.remember(offer, atMilliseconds: clock.nowMilliseconds)
        guard job.update({ $0.offered(attempt, at: .now) }) else { return release(job.model.id, on: worker) }
        if !job.isTest { hub.offered(job.model.id, to: worker.address) }
        let envelope = offer.sign(by: identity).encoded
        let message = WireNetworkMessage.make {
            $0.jobOffer.jobID = job.id.description
            $0.jobOffer.requestID = job.requestID
            $0.jobOffer.body = .init(job.body)
            $0.jobOffer.deadlineInMs = UInt32(clamping: max(0, remaining))
            $0.jobOffer.offer = .init(envelope)
            $0.jobOffer.selfTest = job.isTest
            $0.jobOffer.kind = WireRequestKind(job.request.kind)
        }
        if !hub.post(message, toSession: worker.sessionID, bytes: job.body.count + 1024) {
            perform(job.update { $0.refused(sessionID: worker.sessionID, reason: .atCapacity) }, job)
        }
    }
}
