import TestSupport
import Testing

@testable import Worker

struct DoctorTests {
    /// Finds what it was told, after the gate opens.
    private struct FixedCheck: DoctorCheck {
        let name: String
        let findings: [DoctorFinding]
        var gate: Gate?
        var timeLimit: Duration = .seconds(3)

        func examine() async -> [DoctorFinding] {
            try? await gate?.waitUntilOpen()
            return findings
        }
    }

    private func check(_ name: String, gate: Gate? = nil) -> FixedCheck {
        FixedCheck(name: name, findings: [.ok(name, "fine")], gate: gate)
    }

    @Test func `findings stand in the order of the checks, whichever ends first`() async {
        let gate = Gate()
        let last = FixedCheck(name: "c", findings: [.ok("c", "fine")])
        let doctor = Doctor(checks: [check("a", gate: gate), check("b", gate: gate), last], clock: ManualClock())
        async let report = doctor.examine()
        gate.open()
        #expect(await report.findings.map(\.name) == ["a", "b", "c"])
    }

    @Test func `a check that hangs is a fault at its time limit, and the others are told`() async throws {
        let clock = ManualClock()
        var other = check("b")
        other.timeLimit = .seconds(7)
        let doctor = Doctor(checks: [check("hung", gate: Gate()), other], clock: clock)
        async let pending = doctor.examine()
        // The other one may have ended before its own limit began.
        while try #require(await clock.nextSleep()) != .seconds(3) {}
        clock.advance(by: .seconds(3))
        let report = await pending
        #expect(report.findings.map(\.name) == ["hung", "b"])
        #expect(report.findings.map(\.result) == [.fault, .ok])
        #expect(report.findings[0].detail == "no answer within 3 s")
        #expect(report.findings[0].remedy != nil)
    }

    @Test func `the report is as bad as its worst finding`() {
        let ok = DoctorFinding.ok("a", "fine")
        let warning = DoctorFinding.warning("b", "so so", remedy: "look")
        let fault = DoctorFinding.fault("c", "bad", remedy: "mend")
        #expect(DoctorReport([ok]).result == .ok)
        #expect(DoctorReport([ok, warning]).result == .warning)
        #expect(DoctorReport([fault, warning, ok]).result == .fault)
        #expect(DoctorReport([fault, warning, ok]).count(.warning) == 1)
    }
}
