package import Logging
import Operations

/// `[log]`: how much is written to the log.
package struct LogSection: Sendable {
    package var level: Logger.Level

    init(_ table: inout ConfigurationTable) throws(ConfigurationError) {
        // level: one of swift-log's levels, default "info". No level writes a prompt or an output.
        level = try table.choice("level", default: .info)
    }
}
