import Subprocess

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Runs a child that dies with us and takes its own children along.
///
/// `setpriv --pdeathsig KILL` has the kernel kill the child when the thread that started it ends, and executes the
/// command in the same process. swift-subprocess starts processes from one thread that lives as long as we do;
/// Foundation's `Process` may use a pool thread, whose end would kill the child at any time. The child is in a session
/// of its own, so that a Ctrl-C in a terminal does not reach it before us, and so that what it started can be signalled
/// with it.
struct SubprocessRunner: ChildProcessRunner {
    func run(_ launch: ChildLaunch, line: @escaping @Sendable (ArraySlice<UInt8>) -> Void) async throws -> ChildExit {
        var options = PlatformOptions()
        options.createSession = true
        options.teardownSequence = launch.stopWaits.map {
            .send(signal: .terminate, toProcessGroup: true, allowedDurationToNextStep: $0)
        }
        let result = try await Subprocess.run(
            .name("setpriv"),
            arguments: Arguments(["--pdeathsig", "KILL", "--"] + launch.command),
            environment: .custom(
                Dictionary(
                    launch.environment.compactMap { name, value in
                        Environment.Key(rawValue: name).map { ($0, value) }
                    },
                    uniquingKeysWith: { first, _ in first }
                )
            ),
            platformOptions: options,
            input: .none,
            output: .sequence,
            error: .combinedWithOutput
        ) { execution in
            // A task of its own, which goes on when ours is cancelled: a child that says something on its way out must
            // not be ended by SIGPIPE. It ends with the output, at the latest when the child has ended.
            let output = execution.standardOutput
            try await Task {
                var lines = OutputLines()
                for try await buffer in output {
                    buffer.withUnsafeBytes { lines.feed($0, line: line) }
                }
                lines.end(line: line)
            }.value
        }
        // The child has ended; what it started and left behind would keep the model in memory. The group still has the
        // child's number, which the kernel does not give away while the group has members.
        kill(-result.processIdentifier.value, SIGKILL)
        return switch result.terminationStatus {
        case .exited(let code): .exited(code: code)
        case .signaled(let number): .signaled(number: number)
        }
    }
}
