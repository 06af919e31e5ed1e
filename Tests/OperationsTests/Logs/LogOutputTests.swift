import Foundation
import Logging
import Synchronization
import Testing

@testable import Operations

struct LogOutputTests {
    /// 2026-06-15T14:22:00.123Z.
    private static let time: Int64 = 1_781_533_320_123

    private final class Lines: Sendable {
        private let bytes = Mutex<[UInt8]>([])

        func write(_ line: [UInt8]) { self.bytes.withLock { $0 += line } }

        var text: String { self.bytes.withLock { String(decoding: $0, as: UTF8.self) } }
    }

    private func output(
        _ lines: Lines,
        _ format: LogFormat,
        _ destination: LogDestination = .plain
    ) -> LogOutput {
        LogOutput(
            format: format,
            destination: destination,
            level: .info,
            clock: ManualWallClock(milliseconds: Self.time).clock,
            write: lines.write
        )
    }

    @Test func `a line has time, level, label, message and the metadata in order`() {
        let lines = Lines()
        var logger = self.output(lines, .text).makeLogger(label: "worker")
        logger[metadataKey: "worker.id"] = "w1"
        logger.info("job settled", metadata: ["job": ["id": "job_1", "tokens": "12"], "models": ["a", "b"]])
        #expect(
            lines.text == "2026-06-15T14:22:00.123Z info     worker: job settled "
                + "job.id=job_1 job.tokens=12 models=\"[a, b]\" worker.id=w1\n"
        )
    }

    @Test func `the journal gets a priority and no time`() {
        let lines = Lines()
        let logger = self.output(lines, .text, .journal).makeLogger(label: "worker")
        logger.critical("a")
        logger.error("b")
        logger.warning("c")
        logger.notice("d")
        logger.info("e")
        #expect(
            lines.text == """
                <2>critical worker: a
                <3>error    worker: b
                <4>warning  worker: c
                <5>notice   worker: d
                <6>info     worker: e

                """
        )
    }

    @Test func `a value cannot make a line, a pair or a colour`() {
        let lines = Lines()
        let logger = self.output(lines, .text, .journal).makeLogger(label: "worker")
        logger.info(
            "odd",
            metadata: ["reason": "x\n<0>emerg worker: fire \u{1B}[31m\u{202E}", "empty": "", "k": "a=b"]
        )
        #expect(
            lines.text
                == "<6>info     worker: odd empty=\"\" k=\"a=b\" "
                + "reason=\"x\\n<0>emerg worker: fire \\u{1b}[31m\\u{202e}\"\n"
        )
    }

    @Test func `a JSON line is one object`() throws {
        let lines = Lines()
        let logger = self.output(lines, .json).makeLogger(label: "worker")
        logger.info("odd", metadata: ["reason": "a\n\"b\"", "level": "forged"])
        #expect(lines.text.filter { $0 == "\n" }.count == 1)
        let object = try JSONDecoder().decode([String: String].self, from: Data(lines.text.utf8))
        #expect(
            object == [
                "time": "2026-06-15T14:22:00.123Z", "level": "info", "logger": "worker", "message": "odd",
                "reason": "a\n\"b\"",
            ]
        )
    }

    @Test func `the level can be changed while the program runs`() {
        let lines = Lines()
        let output = self.output(lines, .text, .journal)
        let logger = output.makeLogger(label: "worker")
        var own = output.makeLogger(label: "own")
        own.logLevel = .error
        logger.debug("hidden")
        output.level = .debug
        logger.debug("shown")
        own.debug("hidden")
        #expect(own.logLevel == .error)
        #expect(lines.text == "<7>debug    worker: shown\n")
    }

    @Test func `the journal is recognised by the stream itself`() async throws {
        try await withTemporaryFolder { folder in
            try write("", to: "\(folder)/stream")
            let descriptor = open("\(folder)/stream", O_RDONLY)
            defer { close(descriptor) }
            var status = stat()
            try #require(fstat(descriptor, &status) == 0)
            let name = "\(status.st_dev):\(status.st_ino)"
            #expect(LogDestination(journalStream: name, descriptor: descriptor) == .journal)
            #expect(LogDestination(journalStream: "1:1", descriptor: descriptor) == .plain)
            #expect(LogDestination(journalStream: nil, descriptor: descriptor) == .plain)
        }
    }
}
