import Foundation
import Testing

@testable import Worker

/// What the system's own programs tell, and what is made of it.
struct SystemCheckTests {
    /// Programs of which each answers what the test says, and every other one is missing.
    private func probe(_ answers: [String: CommandProbe.Answer]) -> CommandProbe {
        CommandProbe { command in answers[command[0]] ?? .missing }
    }

    // MARK: GPU

    @Test func `every GPU that a driver sees is told`() async {
        let output = "NVIDIA RTX 4090, 24564 MiB, 24000 MiB, 550.1\nNVIDIA RTX 4090, 24564 MiB, 12 MiB, 550.1\n"
        let check = GPUCheck(
            backendsOnGPU: ["llama"],
            probe: probe(["nvidia-smi": .ended(status: 0, output: output)])
        )
        let findings = await check.examine()
        #expect(findings.map(\.result) == [.ok, .ok])
        #expect(findings[1].detail == "NVIDIA RTX 4090, 24564 MiB, 12 MiB, 550.1")
    }

    @Test func `a machine without a GPU is well, unless a backend counts on one`() async {
        let none = await GPUCheck(backendsOnGPU: [], probe: probe([:])).examine()
        #expect(none.map(\.result) == [.ok])
        let missing = await GPUCheck(backendsOnGPU: ["llama"], probe: probe([:])).examine()
        #expect(missing.map(\.result) == [.warning])
        #expect(missing[0].detail.contains("backend llama"))
    }

    @Test func `a driver that fails or hangs is a fault, in its own words`() async {
        let words = "Failed to initialize NVML: Driver/library version mismatch"
        let failed = GPUCheck(
            backendsOnGPU: [],
            probe: probe(["nvidia-smi": .ended(status: 18, output: words + "\n")])
        )
        #expect(await failed.examine()[0].detail.contains(words))
        let hung = GPUCheck(backendsOnGPU: [], probe: probe(["rocm-smi": .tookTooLong]))
        #expect(await hung.examine().map(\.result) == [.fault])
    }

    // MARK: systemd

    private let good = [
        "LoadState": "loaded", "UnitFileState": "enabled", "Restart": "on-failure", "WatchdogUSec": "1min",
        "NRestarts": "0",
    ]

    private func systemd(_ changes: [String: String]) async -> [DoctorFinding] {
        let output = good.merging(changes) { $1 }.map { "\($0)=\($1)" }.joined(separator: "\n")
        return await SystemdCheck(
            isSystemdThere: { true },
            probe: probe(["systemctl": .ended(status: 0, output: output)])
        ).examine()
    }

    @Test func `a unit that is enabled, restarts and is watched is well`() async {
        #expect(await systemd([:]).map(\.result) == [.ok])
    }

    @Test(arguments: [
        (["LoadState": "not-found"], "not installed"), (["UnitFileState": "disabled"], "disabled"),
        (["UnitFileState": ""], "not enabled"), (["Restart": "no"], "Restart=no"),
        (["WatchdogUSec": "infinity"], "watchdog"), (["WatchdogUSec": "0"], "watchdog"),
        (["NRestarts": "3"], "3 times"),
    ])
    func `a unit that would leave the worker down is warned of`(changes: [String: String], words: String) async {
        let findings = await systemd(changes)
        #expect(findings.map(\.result) == [.warning])
        #expect(findings[0].detail.contains(words))
    }

    @Test func `without systemd there is nothing to see`() async {
        let check = SystemdCheck(isSystemdThere: { false }, probe: probe([:]))
        #expect(await check.examine().map(\.result) == [.ok])
        let silent = SystemdCheck(isSystemdThere: { true }, probe: probe(["systemctl": .tookTooLong]))
        #expect(await silent.examine().map(\.result) == [.warning])
    }

    // MARK: Clock, time zone, disk, descriptors

    @Test(arguments: [
        (CommandProbe.Answer.ended(status: 0, output: "yes\n"), DoctorFinding.Result.ok),
        (.ended(status: 0, output: "no\n"), .warning), (.missing, .ok), (.ended(status: 1, output: ""), .ok),
    ])
    func `a clock that nothing keeps right is warned of`(answer: CommandProbe.Answer, result: DoctorFinding.Result) {
        #expect(ClockCheck(probe: probe([:])).verdict(on: answer).result == result)
    }

    @Test(arguments: [
        (0 as Int64, nil as DoctorFinding.Result?), (4_999, nil), (-5_000, .warning), (29_999, .warning),
        (30_000, .fault),
        (-60_000, .fault),
    ])
    func `a clock far from the network's is told by how much`(offset: Int64, result: DoctorFinding.Result?) {
        #expect(ClockOffset.finding(network: "main", milliseconds: offset)?.result == result)
    }

    @Test func `the time zone is told with its present offset`() async throws {
        let zone = try #require(TimeZone(identifier: "Asia/Kathmandu"))
        let check = TimeZoneCheck(zone: zone, now: Date(timeIntervalSince1970: 1_750_000_000))
        #expect(await check.examine()[0].detail.hasPrefix("Asia/Kathmandu, now UTC+5:45"))
    }

    @Test func `a disk that fills up is warned of, then a fault`() {
        let check = DiskSpaceCheck(path: "/state")
        #expect(check.verdict(freeBytes: 2 << 30).result == .ok)
        #expect(check.verdict(freeBytes: 500 << 20).result == .warning)
        #expect(check.verdict(freeBytes: 99 << 20).result == .fault)
        #expect(check.verdict(freeBytes: nil).result == .warning)
    }

    @Test func `descriptors must be enough for every slot`() async {
        #expect(await DescriptorsCheck(slots: 8, limit: 144).examine()[0].result == .ok)
        let few = await DescriptorsCheck(slots: 8, limit: 143).examine()[0]
        #expect(few.result == .fault)
        #expect(few.detail == "143 may be open, and 144 are needed for 8 slots")
        #expect(await DescriptorsCheck(slots: 8, limit: nil).examine()[0].result == .ok)
    }

    @Test func `a real program is run, a missing one is told, and one that hangs is killed`() async {
        let probe = CommandProbe.live(limit: .seconds(20))
        #expect(await probe.run(["sh", "-c", "echo out; exit 3"]) == .ended(status: 3, output: "out\n"))
        #expect(await probe.run(["decentral-no-such-program"]) == .missing)
        #expect(await CommandProbe.live(limit: .milliseconds(50)).run(["sleep", "600"]) == .tookTooLong)
    }
}
