import Operations
import Signing

/// Looks whether the key can be read, is closed to others, and is the daemon's.
struct IdentityCheck: DoctorCheck {
    let section: WorkerSection
    /// `$CREDENTIALS_DIRECTORY` of this process; the daemon's own is not seen from here.
    let credentialsDirectory: String?
    let daemon: DaemonView
    let name = "identity"

    func examine() async -> [DoctorFinding] {
        let section = section
        let directory = credentialsDirectory
        let result = await blocking { () -> Result<Identity?, SigningError> in
            do throws(SigningError) {
                if let directory, let identity = try Self.credential(in: directory) { return .success(identity) }
                return .success(try IdentityFile.load(path: section.identityFile))
            } catch {
                return error.code == .fileMissing ? .success(nil) : .failure(error)
            }
        }
        return [verdict(on: result.map { $0?.address })]
    }

    private static func credential(in directory: String) throws(SigningError) -> Identity? {
        do {
            return try IdentityFile.loadCredential(path: "\(directory)/\(WorkerIdentity.credentialName)")
        } catch {
            if error.code == .fileMissing { return nil }
            throw error
        }
    }

    func verdict(on result: Result<Address?, SigningError>) -> DoctorFinding {
        let file = section.identityFile
        switch (result, daemon) {
        case (.success(let address?), .running(let status)) where address.description != status.address:
            return .warning(
                name,
                "\(file) is \(address), but the daemon works as \(status.address)",
                remedy: "it took a credential of systemd, or the file changed: restart the daemon if it should not"
            )
        case (.success(let address?), _):
            return .ok(name, "\(address), in \(file), for its owner alone")
        case (.success(nil), .running(let status)):
            return .ok(name, "\(status.address), by the daemon; it is not in \(file), so it is a credential of systemd")
        case (.success(nil), _):
            return .warning(
                name,
                "there is none yet at \(file)",
                remedy: "the first start makes one; `\(WorkerDaemon.program) identity create` does so now"
            )
        case (.failure(let error), .running(let status)) where error.code == .fileInaccessible:
            return .ok(name, "\(status.address), by the daemon; the file is closed to this user, as it should be")
        case (.failure(let error), _):
            let remedy =
                switch error.code {
                case .filePermissions: "chmod 0600 \(file)"
                case .fileInaccessible: "run doctor with sudo, or as the daemon's user"
                default: "restore it from your copy: 64 numbers, as solana-keygen writes them"
                }
            return .fault(name, "\(error)", remedy: remedy)
        }
    }
}
