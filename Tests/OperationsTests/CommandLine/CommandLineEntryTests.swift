import ArgumentParser
import Operations
import Testing

struct CommandLineEntryTests {
    private struct Root: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "decentral-test",
            version: "1.2.3",
            subcommands: [Fail.self, Deny.self, Succeed.self]
        )
    }

    private struct Succeed: AsyncParsableCommand {
        @OptionGroup var output: ListOutputOptions

        func run() async throws {}
    }

    private struct Fail: ParsableCommand {
        func run() throws {
            throw CommandError(.unreachable, "nobody is there", hint: "start it")
        }
    }

    private struct Deny: AsyncParsableCommand {
        func run() async throws {
            throw ExitStatus.negative
        }
    }

    private func run(_ arguments: String...) async -> CommandLineEntry.Outcome {
        await CommandLineEntry.run(Root.self, arguments: arguments)
    }

    @Test func `a command that returns is done`() async {
        #expect(await self.run("succeed", "--csv") == .init(status: .done))
    }

    @Test func `a command error says what failed and what to do`() async {
        #expect(
            await self.run("fail")
                == .init(status: .unreachable, complaint: "decentral-test: nobody is there\nhint: start it\n")
        )
    }

    @Test func `an answer of no has a status of its own`() async {
        #expect(await self.run("deny") == .init(status: .negative))
    }

    @Test func `wrong usage ends with 2`() async {
        let unknown = await self.run("succeed", "--colour")
        #expect(unknown.status == .usage)
        #expect(unknown.complaint.contains("--colour"))
        #expect(await self.run("succeed", "--json", "--csv").status == .usage)
    }

    @Test func `help and version are answers`() async {
        #expect(await self.run("--version") == .init(status: .done, output: "1.2.3\n"))
        let help = await self.run("--help")
        #expect(help.status == .done)
        #expect(help.output.contains("succeed"))
    }

    @Test func `the numbers do not move`() {
        #expect(ExitStatus.done.rawValue == 0)
        #expect(ExitStatus.failed.rawValue == 1)
        #expect(ExitStatus.usage.rawValue == 2)
        #expect(ExitStatus.unreachable.rawValue == 3)
        #expect(ExitStatus.negative.rawValue == 4)
    }
}
