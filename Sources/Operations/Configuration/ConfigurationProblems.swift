/// Collects the problems of several sections, so that an operator mends a file once and not once per mistake.
///
/// ```swift
/// var problems = ConfigurationProblems()
/// let worker = try problems.collect { try root.table("worker", WorkerSection.init) }
/// let models = try problems.collect { try root.tables("model", ModelSection.init) }
/// try problems.collect { try root.finish() }
/// guard let worker, let models, problems.isEmpty else { throw problems.error }
/// ```
package struct ConfigurationProblems {
    private var problems: [ConfigurationError.Problem] = []

    package init() {}

    package var isEmpty: Bool { self.problems.isEmpty }

    /// Runs one part of the reading and keeps the ``ConfigurationError`` that it throws.
    ///
    /// - Returns: What was read; `nil` if there was a problem.
    /// - Throws: Any other error.
    @discardableResult
    package mutating func collect<Section>(
        _ read: () throws -> Section
    ) rethrows -> Section? {
        do {
            return try read()
        } catch let error as ConfigurationError {
            self.problems += error.problems
            return nil
        }
    }

    /// All that was collected; there must be something.
    package var error: ConfigurationError { ConfigurationError(self.problems) }
}
