import InferenceAPI
import Signing
import Testing

@testable import GatewayStore

/// What idempotency keys mean before the disk knows.
struct KeyedJobsTests {
    private let key = KeyedJobs.Key(wallet: Identity.generate().address, sha256: Digest.sha256([1]))

    private func job(_ number: Int) -> KeyedJob {
        KeyedJob(jobID: GatewayFixture.jobID(number), requestSHA256: Digest.sha256([2]))
    }

    @Test func `a key belongs to its job until the disk knows`() {
        var jobs = KeyedJobs()
        #expect(jobs.find(key) == .lookUp)
        jobs.locked(job(1), key: key)
        #expect(jobs.find(key) == .belongs(job(1)))
        jobs.stored(job(1).jobID)
        #expect(jobs.find(key) == .lookUp)
    }

    @Test func `a refund frees the key, whatever the disk says meanwhile`() {
        var jobs = KeyedJobs()
        jobs.locked(job(1), key: key)
        jobs.refunded(job(1).jobID)
        #expect(jobs.find(key) == .free)
        jobs.stored(job(1).jobID)
        #expect(jobs.find(key) == .lookUp)
    }

    @Test func `the next job keeps the key when the refund of the first reaches the disk`() {
        var jobs = KeyedJobs()
        jobs.locked(job(1), key: key)
        jobs.refunded(job(1).jobID)
        jobs.locked(job(2), key: key)
        #expect(jobs.find(key) == .belongs(job(2)))
        jobs.stored(job(1).jobID)
        #expect(jobs.find(key) == .belongs(job(2)))
        jobs.refunded(job(2).jobID)
        #expect(jobs.find(key) == .free)
    }
}
