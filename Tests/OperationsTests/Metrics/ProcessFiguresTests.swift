import Testing

@testable import Operations

struct ProcessFiguresTests {
    /// As proc(5) has it: utime 250, stime 50 and starttime 1,000 ticks, rss 300 pages.
    private func stat(name: String) -> String {
        "42 (\(name)) S 1 42 42 0 -1 4194560 1 2 3 4 250 50 0 0 20 0 8 0 1000 123456789 300 18446744073709551615 1 1"
    }

    @Test(arguments: ["worker", "a b", "a) (b", ") S 1 2 3"])
    func `a program's name may hold blanks and parentheses`(name: String) {
        let figures = ProcessFigures(stat: stat(name: name), bootTime: 5_000, pageSize: 4_096, ticksPerSecond: 100)
        #expect(figures.cpuSeconds == 3)
        #expect(figures.residentBytes == 1_228_800)
        #expect(figures.startTime == 5_010)
    }

    @Test(arguments: [
        nil, "", "42 (worker", "42 (worker) S 1 2 3", "42 (worker) a b c d e f g h i j k l m n o p q r s t u v",
    ])
    func `what cannot be read is left out`(text: String?) {
        let figures = ProcessFigures(stat: text, bootTime: nil, pageSize: 4_096, ticksPerSecond: 100)
        #expect(figures.cpuSeconds == nil)
        #expect(figures.residentBytes == nil)
        #expect(figures.startTime == nil)
    }

    @Test func `the time of the boot is a line among others`() {
        #expect(ProcessFigures.bootTime("cpu 1 2 3\nbtime 1750000000\nprocesses 5\n") == 1_750_000_000)
        #expect(ProcessFigures.bootTime("cpu 1 2 3\n") == nil)
    }

    @Test func `this process has memory, descriptors and a start`() throws {
        let figures = ProcessFigures()
        #expect(try #require(figures.residentBytes) > 1_000_000)
        #expect(try #require(figures.openDescriptors) >= 3)
        #expect(try #require(figures.descriptorLimit) >= 64)
        #expect(try #require(figures.startTime) > 1_600_000_000)
    }
}
