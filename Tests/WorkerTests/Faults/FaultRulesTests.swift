import SQLiteStore
import Testing

@testable import Worker

/// When something becomes a fault, when it stops work, and when it is over.
struct FaultRulesTests {
    private let mebibyte = 1 << 20

    private func space(_ free: Int, of total: Int = 1 << 30) -> DiskSpaceRule.Space {
        .init(path: "/state", free: free, total: total)
    }

    @Test func `a disk that fills up warns, then stops work, and resumes with something to spare`() {
        var rule = DiskSpaceRule()
        #expect(rule.measured(space(256 * mebibyte)) == nil)
        let warning = rule.measured(space(256 * mebibyte - 1))
        #expect(warning?.stopsWork == false)
        #expect(rule.measured(space(32 * mebibyte))?.stopsWork == false)
        let stop = rule.measured(space(20 * mebibyte))
        #expect(stop?.stopsWork == true)
        #expect(
            stop?.message
                == "/state has 20.0 MiB left, and receipts need room: no jobs are taken until 64.0 MiB are free"
        )
        #expect(rule.measured(space(40 * mebibyte))?.stopsWork == true, "not before there is something to spare")
        #expect(rule.measured(space(64 * mebibyte))?.stopsWork == false)
        #expect(rule.measured(space(40 * mebibyte))?.stopsWork == false, "nor again at the same place")
        #expect(rule.measured(space(300 * mebibyte)) == nil)
    }

    @Test func `a large file system warns at 2 percent, and at 2 GiB at most`() {
        var rule = DiskSpaceRule()
        let total = 50 << 30
        #expect(rule.measured(space(total / 50, of: total)) == nil)
        #expect(rule.measured(space(total / 50 - 1, of: total)) != nil)
        #expect(rule.measured(space(2 << 30, of: 8 << 40)) == nil)
    }

    @Test func `descriptors that run out warn, then stop work, and resume below 90 percent`() {
        var rule = DescriptorRule()
        #expect(rule.measured(.init(open: 799, limit: 1_000)) == nil)
        #expect(rule.measured(.init(open: 800, limit: 1_000))?.stopsWork == false)
        let stop = rule.measured(.init(open: 950, limit: 1_000))
        #expect(stop?.stopsWork == true)
        #expect(stop?.message.hasPrefix("950 of 1000 file descriptors are open") == true)
        #expect(stop?.message.contains("LimitNOFILE=") == true)
        #expect(rule.measured(.init(open: 900, limit: 1_000))?.stopsWork == true)
        #expect(rule.measured(.init(open: 899, limit: 1_000))?.stopsWork == false)
    }

    @Test func `a clock that is off is a warning, which names the network and the direction`() {
        var rule = ClockRule()
        #expect(rule.measured([]) == nil)
        #expect(rule.measured([.init(network: "a", milliseconds: 4_999)]) == nil)
        let behind = rule.measured([
            .init(network: "a", milliseconds: 100), .init(network: "b", milliseconds: 3_600_000),
        ])
        #expect(behind?.message.hasPrefix("this machine's clock is 3600 s behind that of network b") == true)
        #expect(behind?.stopsWork == false)
        #expect(rule.measured([.init(network: "a", milliseconds: -3_000)])?.message.contains("3 s ahead of") == true)
        #expect(rule.measured([.init(network: "a", milliseconds: -2_999)]) == nil)
        #expect(rule.measured([.init(network: "a", milliseconds: 4_000)]) == nil)
    }

    @Test func `what stops work comes first, and what could not be measured is no fault`() {
        var rules = FaultRules()
        #expect(rules.measured(.init()) == [])
        let faults = rules.measured(
            .init(
                diskSpace: space(100 * mebibyte),
                descriptors: .init(open: 99, limit: 100),
                clockOffsets: [.init(network: "a", milliseconds: 9_000)],
                database: StoreError(.diskFull, "worker.sqlite: the disk is full; free some space")
            )
        )
        #expect(faults.map(\.name) == ["database", "descriptors", "disk_space", "clock"])
        #expect(faults.map(\.stopsWork) == [true, true, false, false])
        #expect(faults.first?.message.contains("the disk is full; free some space") == true)
    }

    @Test func `this machine can be asked`() throws {
        let space = try #require(DiskSpaceRule.Space(at: "/"))
        #expect(space.total > 0)
        #expect(space.free <= space.total)
        #expect(DiskSpaceRule.Space(at: "/no/such/directory") == nil)
        let use = try #require(DescriptorRule.Use.ofThisProcess)
        #expect(use.open > 2)
        #expect(use.open < use.limit)
    }
}
