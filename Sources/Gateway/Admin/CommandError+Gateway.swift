import GatewayStore
package import Operations
import SQLiteStore
import Signing

extension CommandError {
    /// Any error of the gateway, as the end of a command.
    package init(gateway error: any Error) {
        switch error {
        case let error as CommandError:
            self = error
        case let error as ConfigurationError:
            self.init(error)
        case let error as AdministrationError:
            self.init(error)
        case let error as StoreError where error.code == .missing:
            self.init(
                .unreachable,
                "\(GatewayDaemon.program) is not running, and it has left no database: \(error.message)",
                hint: "start it (systemctl start \(GatewayDaemon.program)), or name its configuration with --config",
                cause: error
            )
        case let error as StoreError:
            self.init(.failed, error.message, cause: error)
        case let error as LedgerError:
            self.init(.failed, error.message, cause: error)
        case let error as SigningError:
            self.init(.usage, error.message, cause: error)
        default:
            self.init(.failed, "\(error)", cause: error)
        }
    }
}
