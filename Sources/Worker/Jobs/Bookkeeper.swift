import InferenceAPI
import Logging
import Operations
import Receipts
import SQLiteStore
import Signing
import WorkerProtocol
import WorkerStore

/// Writes down what the network says of finished jobs, after checking it.
///
/// Each method returns once what it booked is durable, and waits for a database that cannot be written. What is not booked
/// when the daemon ends is logged and not lost: the network says it again, when the receipt goes out again or after the
/// next `Announce`.
struct Bookkeeper: Sendable {
    let worker: Address
    let store: WorkerStore
    let activity: WorkerActivity
    let logger: Logger

    /// What a statement came to.
    enum Verdict: Sendable {
        /// The job is settled, now or before.
        case settled
        /// The statement does not hold; the job is booked as unpaid.
        case unpaid
        /// Nothing could be booked.
        case nothing
    }

    /// Checks a statement against the job's own offer and receipt, and books it.
    func book(_ statement: [UInt8], of id: JobID, on link: SessionLink) async -> Verdict {
        let key = JobKey(network: link.terms.gateway.description, jobID: id.description)
        do {
            guard let evidence = try await store.history.evidence(of: key) else {
                logger.warning("a statement came for a job without a receipt", metadata: ["job.id": "\(id)"])
                return .nothing
            }
            let (accepted, model) = try check(statement, against: evidence)
            let isNews = try await PatientWrite.perform(
                { () throws(StoreError) in try await store.receiptAccepted(accepted) },
                logger: logger
            )
            if isNews {
                record(.settled(microUSDC: accepted.microUSDC), of: id, model: model, on: link)
                logger.info(
                    "job settled",
                    metadata: [
                        "job.id": "\(id)", "credits": "\(accepted.credits)", "micro_usdc": "\(accepted.microUSDC)",
                    ]
                )
            }
            return .settled
        } catch let refusal as StatementRefusal {
            let isBooked = await bookUnpaid(id, reason: "invalid_statement", message: refusal.message, on: link)
            return isBooked ? .unpaid : .nothing
        } catch {
            logger.error("a statement could not be booked", metadata: ["job.id": "\(id)", "error": "\(error)"])
            return .nothing
        }
    }

    private func check(_ statement: [UInt8], against evidence: JobEvidence) throws -> (AcceptedReceipt, model: String) {
        let network = try Address(base58: evidence.key.network)
        let offer = try Offer(verifying: evidence.offer, signer: network)
        let receipt = try Receipt(verifying: evidence.receipt, signer: worker)
        let (entry, settlement) = try StatementChecks(offer: offer, receipt: receipt).check(statement)
        let signature = try Signature(bytes: Envelope(parsing: statement).signatures.first?.signature ?? [])
        let accepted = AcceptedReceipt(
            key: evidence.key,
            statement: statement,
            settlementTransaction: signature.base58,
            credits: settlement.amounts.creditsCharged,
            microUSDC: settlement.amounts.workerMicroUSDC,
            settledAt: min(max(entry.atMS, SessionLimits.times.lowerBound), SessionLimits.times.upperBound)
        )
        return (accepted, offer.model)
    }

    /// Books a job as unpaid, unless it is settled.
    ///
    /// - Returns: Whether that is durable.
    func bookUnpaid(_ id: JobID, reason: String, message: String, on link: SessionLink) async -> Bool {
        let key = JobKey(network: link.terms.gateway.description, jobID: id.description)
        // The network's words: no longer than words for people are.
        let message = String(message.prefix(SessionLimits.textBytes))
        do {
            let time = link.clock.nowMilliseconds
            let isNews = try await PatientWrite.perform(
                { () throws(StoreError) in
                    try await store.receiptRefused(key, reason: reason, message: message, at: time)
                },
                logger: logger
            )
            if isNews {
                let row = try? await store.history.job(key.jobID, network: key.network)
                record(.unpaid(reason: reason), of: id, model: row?.model, message: message, on: link)
                logger.warning(
                    "a job is unpaid",
                    metadata: ["job.id": "\(id)", "reason": "\(reason)", "message": "\(SafeText.line(message))"]
                )
            }
            return true
        } catch {
            logger.error("a refusal could not be booked", metadata: ["job.id": "\(id)", "error": "\(error)"])
            return false
        }
    }

    private func record(
        _ kind: JobEvent.Kind,
        of id: JobID,
        model: String?,
        message: String? = nil,
        on link: SessionLink
    ) {
        activity.record(
            JobEvent(kind: kind, network: link.terms.gateway, jobID: id, model: model, message: message)
        )
    }

    /// Books a payout, once.
    ///
    /// - Returns: Whether that is durable.
    func book(_ payout: WirePayout, of id: JobID, on link: SessionLink) async -> Bool {
        guard let record = PayoutRecord(payout, of: id, network: link.terms.gateway) else {
            logger.error("a payout cannot be read", metadata: ["job.id": "\(id)"])
            return false
        }
        do {
            let news = try await PatientWrite.perform(
                { () throws(StoreError) in try await store.payoutAnnounced(record) },
                logger: logger
            )
            if news == .contradicted {
                logger.error(
                    "the network contradicts a payout",
                    metadata: ["job.id": "\(id)", "payout.sequence": "\(record.sequence)"]
                )
            }
            return true
        } catch {
            logger.error("a payout could not be booked", metadata: ["job.id": "\(id)", "error": "\(error)"])
            return false
        }
    }
}

extension PayoutRecord {
    /// Most that one payout may bring: a million USDC, so that the sums of a lifetime do not overflow.
    private static let largestMicroUSDC = 1_000_000_000_000

    /// `nil` for numbers that are out of range, or a state that this version does not know.
    fileprivate init?(_ wire: WirePayout, of id: JobID, network: Address) {
        guard let state = PayoutState(wire.state), let sequence = Int(exactly: wire.sequence), sequence > 0,
            let amount = Int(exactly: wire.amountMicroUsdc), amount <= Self.largestMicroUSDC,
            let slot = Int(exactly: wire.slot), SessionLimits.times.contains(wire.createdAtMs),
            wire.txSignature.utf8.count <= 128
        else { return nil }
        self.init(
            network: network.description,
            sequence: sequence,
            jobID: id.description,
            amountMicroUSDC: amount,
            transaction: wire.txSignature,
            slot: slot,
            state: state,
            createdAt: wire.createdAtMs
        )
    }
}

extension PayoutState {
    fileprivate init?(_ wire: WirePayoutState) {
        switch wire {
        case .credited: self = .credited
        case .submitted: self = .submitted
        case .confirmed: self = .confirmed
        case .unspecified, .UNRECOGNIZED: return nil
        }
    }
}
