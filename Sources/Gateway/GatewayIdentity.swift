import Glibc
import Logging
package import Operations
package import Signing

/// Where the gateway's secret key comes from.
package enum GatewayIdentity {
    /// The credential that systemd passes, or else the configured file.
    ///
    /// - Throws: ``CommandError`` with ``ExitStatus/usage`` and what to do; ``ExitStatus/failed`` if there is none yet.
    package static func load(path: String, credentialsDirectory: String?) throws(CommandError) -> Identity {
        do throws(SigningError) {
            if let credential = credential(in: credentialsDirectory) {
                return try IdentityFile.loadCredential(path: credential)
            }
            return try IdentityFile.load(path: path)
        } catch {
            let isMissing = error.code == .fileMissing
            throw CommandError(
                isMissing ? .failed : .usage,
                "the gateway's identity cannot be used: \(error.message)",
                hint: isMissing ? "\(GatewayDaemon.program) identity create makes one, as does the first start" : nil,
                cause: error
            )
        }
    }

    /// As ``load(path:credentialsDirectory:)``; the first start makes the file.
    static func loadOrCreate(
        path: String,
        credentialsDirectory: String?,
        logger: Logger
    ) throws(CommandError) -> Identity {
        if credential(in: credentialsDirectory) != nil || access(path, F_OK) == 0 {
            return try load(path: path, credentialsDirectory: credentialsDirectory)
        }
        do throws(SigningError) {
            let identity = try IdentityFile.create(path: path)
            logger.notice(
                "made a new identity: keep a copy of its file, it signs every receipt of this network",
                metadata: ["network.address": "\(identity.address)", "file.path": "\(path)"]
            )
            return identity
        } catch {
            throw CommandError(.usage, "the gateway's identity cannot be made: \(error.message)", cause: error)
        }
    }

    private static func credential(in directory: String?) -> String? {
        guard let directory else { return nil }
        let path = "\(directory)/identity.json"
        return access(path, F_OK) == 0 ? path : nil
    }
}
