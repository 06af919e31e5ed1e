import Testing
import WorkerProtocol

@testable import Worker

struct AdmissionTests {
    private let full = Fault(name: "disk_space", message: "12 MB are free", stopsWork: true)
    private let late = Fault(name: "clock", message: "2 s behind", stopsWork: false)

    private func refusal(_ admission: Admission) -> WireRefusal? {
        do throws(JobRefusal) {
            try admission.check()
            return nil
        } catch {
            return error.reason
        }
    }

    @Test func `at first offers are taken`() {
        #expect(refusal(Admission()) == nil)
        #expect(Admission().pause == nil)
        #expect(Admission().wire == (false, .unspecified, ""))
    }

    @Test func `only a change is a change`() {
        var admission = Admission()
        let changes = [
            admission.setPaused(false), admission.setPaused(true), admission.setPaused(true),
            admission.setSchedule(closed: "closed"), admission.setSchedule(closed: "closed"),
            admission.setFaults([late]), admission.setFaults([late]),
            admission.drain(), admission.drain(),
        ]
        #expect(changes == [false, true, false, true, false, true, false, true, false])
    }

    @Test func `causes end one by one, the operator's being told first`() {
        var admission = Admission()
        _ = admission.setFaults([full])
        #expect(admission.pause == .init(cause: .fault, reason: "disk_space: 12 MB are free"))
        #expect(refusal(admission) == .fault)
        _ = admission.setSchedule(closed: "opens at 18:00")
        #expect(admission.pause?.cause == .schedule)
        #expect(refusal(admission) == .paused)
        _ = admission.setPaused(true)
        #expect(admission.pauses.map(\.cause) == [.operator, .schedule, .fault])
        _ = admission.setPaused(false)
        _ = admission.setSchedule(closed: nil)
        #expect(admission.pause?.cause == .fault)
        _ = admission.setFaults([])
        #expect(refusal(admission) == nil)
    }

    @Test func `a fault that stops no work refuses nothing`() {
        var admission = Admission()
        _ = admission.setFaults([late])
        #expect(refusal(admission) == nil)
        #expect(!admission.wire.isPaused)
    }

    @Test func `a worker that ends refuses as draining, whatever else holds`() {
        var admission = Admission()
        _ = admission.setPaused(true)
        _ = admission.drain()
        #expect(refusal(admission) == .draining)
        #expect(admission.wire == (true, .unspecified, "the worker is shutting down"))
    }

    @Test func `a long reason is cut to what the protocol allows`() {
        var admission = Admission()
        _ = admission.setFaults([Fault(name: "x", message: String(repeating: "ä", count: 2_000), stopsWork: true)])
        #expect(admission.wire.cause == .fault)
        #expect(admission.wire.reason.utf8.count <= SessionLimits.textBytes)
    }
}
