package import Operations
package import Signing

/// Where a worker's identity comes from.
package enum WorkerIdentity {
    /// The name of the credential that systemd may pass, which wins over the file.
    static let credentialName = "identity.json"

    /// Reads the identity of a worker.
    ///
    /// - Parameters:
    ///   - section: Names the file.
    ///   - credentialsDirectory: `$CREDENTIALS_DIRECTORY`, if systemd set it.
    /// - Returns: `nil` if there is none yet.
    /// - Throws: ``ExitStatus/usage`` if there is one that cannot be used, with what helps.
    package static func load(
        _ section: WorkerSection,
        credentialsDirectory: String?
    ) throws(CommandError) -> Identity? {
        if let credentialsDirectory {
            let path = "\(credentialsDirectory)/\(credentialName)"
            if let identity = try read(path, with: IdentityFile.loadCredential) { return identity }
        }
        return try read(section.identityFile, with: IdentityFile.load)
    }

    /// Makes an identity and its file, which must not exist.
    ///
    /// - Throws: ``ExitStatus/failed``.
    package static func create(path: String) throws(CommandError) -> Identity {
        do {
            return try IdentityFile.create(path: path)
        } catch {
            let hint =
                error.code == .fileExists
                ? "it was left as it is: an identity is worth what it has earned; move it away first" : nil
            throw CommandError(.failed, "cannot create an identity: \(error)", hint: hint, cause: error)
        }
    }

    private static func read(
        _ path: String,
        with load: (String) throws(SigningError) -> Identity
    ) throws(CommandError) -> Identity? {
        do {
            return try load(path)
        } catch {
            switch error.code {
            case .fileMissing:
                return nil
            case .filePermissions:
                throw CommandError(
                    .usage,
                    "the identity cannot be used: \(error)",
                    hint: "an identity file has mode 0600: chmod 0600 \(path)",
                    cause: error
                )
            default:
                throw CommandError(.usage, "the identity cannot be used: \(error)", cause: error)
            }
        }
    }
}
