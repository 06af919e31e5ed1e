/// What runs a child process: the real thing, or a double in the tests of its supervision.
protocol ChildProcessRunner: Sendable {
    /// Starts a process and returns when it has ended.
    ///
    /// Cancelling the task stops the process in the way of the launch and then returns.
    ///
    /// - Parameters:
    ///   - launch: What to start.
    ///   - line: Takes each line of its output, standard output and standard error alike.
    /// - Returns: How it ended.
    /// - Throws: If the process could not be started.
    func run(_ launch: ChildLaunch, line: @escaping @Sendable (ArraySlice<UInt8>) -> Void) async throws -> ChildExit
}

/// What to start.
struct ChildLaunch: Sendable, Equatable {
    /// The program, looked up in the environment's `PATH`, and its arguments.
    var command: [String]

    /// The whole environment.
    var environment: [String: String]

    /// How long each SIGTERM may take before the next step; SIGKILL follows the last.
    var stopWaits: [Duration]
}

/// How a process ended.
enum ChildExit: Sendable, Equatable {
    case exited(code: Int32)
    case signaled(number: Int32)
}

extension ChildExit: CustomStringConvertible {
    var description: String {
        switch self {
        case .exited(let code): "ended with exit code \(code)"
        case .signaled(9): "was killed by SIGKILL (the kernel does that when memory runs out)"
        case .signaled(let number): "was ended by signal \(number)"
        }
    }
}
