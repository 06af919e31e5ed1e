package import InferenceAPI
package import Signing
import StrictJSON

extension LedgerEntry {
    /// What an entry books.
    package enum Event: Sendable, Hashable {
        /// Credits given by the network; they can be spent, not withdrawn.
        case grant(Funding)
        /// Credits paid for.
        case deposit(Funding)
        /// Credits set aside for a job.
        case lock(Lock)
        /// A job's lock divided: charge and rest.
        case settle(Settlement)
        /// A job's lock given back whole.
        case refund(Refund)

        package enum Kind: String, Sendable, CaseIterable {
            case grant
            case deposit
            case lock
            case settle
            case refund
        }

        package var kind: Kind {
            switch self {
            case .grant: .grant
            case .deposit: .deposit
            case .lock: .lock
            case .settle: .settle
            case .refund: .refund
            }
        }
    }

    /// Credits that come to an account.
    package struct Funding: Sendable, Hashable {
        /// The wallet.
        package let account: Address
        package let credits: Int
        /// Where they come from: the signature of a transfer, or a word of the operator's.
        package let reference: String?

        package init(account: Address, credits: Int, reference: String?) {
            self.account = account
            self.credits = credits
            self.reference = reference
        }
    }

    /// Credits of an account set aside for one job.
    package struct Lock: Sendable, Hashable {
        package let jobID: JobID
        /// The wallet that pays.
        package let account: Address
        /// The network's id of the model.
        package let model: String
        package let creditsLocked: Int
        /// How many of them were granted; the others were deposited.
        package let creditsFromGranted: Int

        package init(jobID: JobID, account: Address, model: String, creditsLocked: Int, creditsFromGranted: Int) {
            self.jobID = jobID
            self.account = account
            self.model = model
            self.creditsLocked = creditsLocked
            self.creditsFromGranted = creditsFromGranted
        }
    }

    /// A job's end with its receipt: the settlement statement.
    ///
    /// It goes to the worker, so it does not name the caller: the lock entry, found by ``jobID``, does.
    package struct Settlement: Sendable, Hashable {
        package let jobID: JobID
        /// The digest of the receipt's payload.
        package let proofHash: Digest
        package let worker: Address
        package let payoutAddress: Address
        package let amounts: SettlementAmounts
        /// The signature of the lock.
        package let escrowTx: Signature

        package init(
            jobID: JobID,
            proofHash: Digest,
            worker: Address,
            payoutAddress: Address,
            amounts: SettlementAmounts,
            escrowTx: Signature
        ) {
            self.jobID = jobID
            self.proofHash = proofHash
            self.worker = worker
            self.payoutAddress = payoutAddress
            self.amounts = amounts
            self.escrowTx = escrowTx
        }
    }

    /// A job's end without a receipt.
    package struct Refund: Sendable, Hashable {
        package let jobID: JobID
        package let creditsRefunded: Int
        /// Why, as one word in the form of the API's error codes: `job_timeout`.
        package let reason: String
        /// The signature of the lock.
        package let escrowTx: Signature

        package init(jobID: JobID, creditsRefunded: Int, reason: String, escrowTx: Signature) {
            self.jobID = jobID
            self.creditsRefunded = creditsRefunded
            self.reason = reason
            self.escrowTx = escrowTx
        }
    }
}
