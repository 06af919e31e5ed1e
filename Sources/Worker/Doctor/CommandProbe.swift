import Subprocess

/// Runs a program of the system for what it prints, in bounded time.
struct CommandProbe: Sendable {
    enum Answer: Sendable, Equatable {
        /// It is not installed.
        case missing
        /// It was ended because it took too long.
        case tookTooLong
        /// Standard output and error together, at most 64 KiB.
        case ended(status: Int32, output: String)
    }

    /// Runs a command, its program first.
    var run: @Sendable (_ command: [String]) async -> Answer

    /// With real processes, each killed after `limit`.
    static func live(limit: Duration) -> CommandProbe {
        CommandProbe { command in
            await withTaskGroup(of: Answer.self) { race in
                race.addTask { await execute(command) }
                race.addTask {
                    try? await Task.sleep(for: limit)
                    return .tookTooLong
                }
                let first = await race.next() ?? .tookTooLong
                race.cancelAll()
                return first
            }
        }
    }

    private static func execute(_ command: [String]) async -> Answer {
        guard let program = command.first else { return .missing }
        do {
            let result = try await Subprocess.run(
                .name(program),
                arguments: Arguments(Array(command.dropFirst())),
                input: .none,
                output: .string(limit: 65_536),
                error: .combinedWithOutput
            )
            let status: Int32 =
                switch result.terminationStatus {
                case .exited(let code): code
                case .signaled(let number): 128 + number
                }
            return .ended(status: status, output: result.standardOutput)
        } catch let error as SubprocessError where error.code == .executableNotFound {
            return .missing
        } catch {
            return .ended(status: -1, output: "it could not be run: \(error)")
        }
    }
}
