import GRDB
import InferenceAPI
import SQLiteStore
import Signing

// What memory has forgotten: ends of jobs that are on disk.

extension CreditLedger {
    func committedSettlement(
        _ jobID: JobID,
        of worker: Address
    ) async throws(LedgerError) -> SettledJob {
        let ended = try await endedJob(jobID)
        guard ended.status == .settled else { throw LedgerError.refundedBefore(jobID) }
        guard ended.worker == worker.description else { throw LedgerError.settledBefore(jobID) }
        do {
            return try ended.settledJob(jobID, balance: balance(of: ended.wallet))
        } catch {
            throw LedgerError(error)
        }
    }

    func committedRefund(_ jobID: JobID) async throws(LedgerError) -> RefundedJob {
        let ended = try await endedJob(jobID)
        guard ended.status != .settled else { throw LedgerError.settledBefore(jobID) }
        return ended.refundedJob(jobID, balance: balance(of: ended.wallet))
    }

    private func endedJob(_ jobID: JobID) async throws(LedgerError) -> EndedJob {
        guard let ended = try await read({ try EndedJob(jobID: jobID, in: $0) }) else {
            throw LedgerError(.unknownJob, "there is no job \(jobID) that has ended")
        }
        return ended
    }

    func committedVerdict(
        on jobID: JobID,
        of worker: Address
    ) async throws(LedgerError) -> ReceiptVerdict {
        // A refusal that was decided and is not on disk yet is in the journal: wait for it.
        try await flush()
        return try await read { try ReceiptVerdict(jobID: jobID, worker: worker, in: $0) }
    }

    func read<Value: Sendable>(
        _ query: @escaping @Sendable (Database) throws -> Value
    ) async throws(LedgerError) -> Value {
        do {
            return try await pool.read(query)
        } catch let error as DatabaseError {
            throw LedgerError(StoreError(error, path: pool.path))
        } catch {
            throw LedgerError(error)
        }
    }
}
