/// Collects the problems of several sections, so that an operator mends a file once and not once per mistake.
///
/// ```swift
/// var problems = ConfigurationProblems()
/// let worker = problems.collect { () throws(ConfigurationError) in try root.table("worker", WorkerSection.init) }
/// let models = problems.collect { () throws(ConfigurationError) in try root.tables("model", ModelSection.init) }
/// problems.collect(root.finish)
/// guard let worker, let models, problems.isEmpty else { throw problems.error }
/// ```
package struct ConfigurationProblems {
    private var problems: [ConfigurationError.Problem] = []

    package init() {}

    package var isEmpty: Bool { self.problems.isEmpty }

    /// Runs one part of the reading and keeps what it throws.
    ///
    /// - Returns: What was read; `nil` if there was a problem.
    @discardableResult
    package mutating func collect<Section>(
        _ read: () throws(ConfigurationError) -> Section
    ) -> Section? {
        do {
            return try read()
        } catch {
            self.problems += error.problems
            return nil
        }
    }

    /// All that was collected; there must be something.
    package var error: ConfigurationError { ConfigurationError(self.problems) }
}
