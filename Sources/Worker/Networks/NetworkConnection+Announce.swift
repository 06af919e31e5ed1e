import InferenceAPI
import Logging
import SQLiteStore
import Signing
import WorkerProtocol
import WorkerStore
import WorkerTransport

// What a worker tells a network of itself.
extension NetworkConnection {
    func sendHeartbeat() {
        guard let link = announcedLink else { return }
        let table = models.snapshot
        let admission = jobs.admission
        link.post(
            .make {
                $0.heartbeat.models = table.wire
                $0.heartbeat.jobsInFlight = UInt32(clamping: table.jobsInFlight)
                ($0.heartbeat.paused, $0.heartbeat.pauseCause, $0.heartbeat.pauseReason) = admission.wire
            }
        )
    }

    /// Tells the network at once that models or the operator's wish changed, instead of with the next heartbeat.
    func stateChanged() {
        sendHeartbeat()
    }

    /// Tells the network that no more jobs are taken.
    func drain(reason: String) {
        announcedLink?.post(.make { $0.draining.reason = reason })
    }

    /// Tells the network of models that came, went or changed.
    ///
    /// The session carries its jobs already, so none are listed: the network would answer with what to send again.
    func announceAgain() async {
        guard let link = announcedLink else { return }
        await announce([], on: link)
    }

    /// Tells the network everything, as the first message of a session.
    func announce(on link: SessionLink) async {
        await announce(jobs.openJobs(of: link.terms.gateway), on: link)
    }

    private func announce(_ open: [JobID], on link: SessionLink) async {
        let network = link.terms.gateway
        var lastPayout = 0
        do {
            lastPayout = try await history.lastPayoutSequence(network: network.description)
        } catch {
            // Then all payouts are sent again, and each is booked once.
            logger.error("the last payout could not be read", metadata: ["error": "\(error)"])
        }
        let table = models.snapshot
        let admission = jobs.admission
        link.post(
            .make {
                $0.announce.name = configuration.workerName()
                $0.announce.models = table.wire
                $0.announce.jobsInFlight = open.prefix(SessionLimits.announcedJobs).map(\.description)
                $0.announce.lastPayoutSequence = UInt64(clamping: lastPayout)
                ($0.announce.paused, $0.announce.pauseCause, $0.announce.pauseReason) = admission.wire
            }
        )
        announced()
        // What changed while Announce was made was told to nobody.
        if models.snapshot.wire != table.wire || jobs.admission != admission { sendHeartbeat() }
        if jobs.admission.isDraining {
            drain(reason: "the worker is shutting down")
        } else if let reason = leavingReason {
            drain(reason: reason)
        }
    }

    /// Sends every receipt that the network has not answered again, also those of earlier runs of the daemon.
    ///
    /// A job in memory is not among them: its receipt follows its deltas, when the network asks for them.
    func sendPendingReceipts(on link: SessionLink) async {
        let network = link.terms.gateway
        var last: String?
        do {
            while true {
                let page = try await history.pendingReceipts(network: network.description, limit: 100, after: last)
                for pending in page {
                    guard let id = JobID(pending.jobID), !jobs.holds(id, of: network) else { continue }
                    let message = WireWorkerMessage.finished(pending)
                    guard await link.outbox.send(message, bytes: message.receiptBytes) else { return }
                }
                guard let next = page.last?.jobID else { return }
                last = next
            }
        } catch {
            logger.error("receipts could not be read", metadata: ["error": "\(error)"])
        }
    }
}
