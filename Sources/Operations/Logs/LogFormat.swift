/// How a log record is written.
package enum LogFormat: String, Sendable, CaseIterable {
    /// `TIME LEVEL LABEL: MESSAGE key=value …`, for people.
    case text
    /// One JSON object a line, for collectors.
    case json
}
