/// How a command line ends, for the script that called it.
///
/// The numbers do not move: other people's scripts depend on them.
package enum ExitStatus: Int32, Sendable {
    /// What was asked for was done.
    case done = 0
    /// It was tried and failed. Read the message; trying again may help.
    case failed = 1
    /// Wrong usage or a wrong configuration. Trying again without a change will not help.
    case usage = 2
    /// The daemon could not be reached, or another one holds the state. Start, or stop, the other one.
    case unreachable = 3
    /// The question was answered, and the answer is "no": a verification failed, a check found a fault.
    case negative = 4
}
