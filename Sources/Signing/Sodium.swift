import CSodium

/// The library behind this target, set up once per process.
enum Sodium {
    /// Sets libsodium up; every call into it comes after this one.
    ///
    /// `sodium_init` fails only where the system has no random source: then no key and no nonce can be trusted,
    /// and nothing that this process does is of use.
    static func prepare() {
        _ = isPrepared
    }

    private static let isPrepared: Bool = {
        guard sodium_init() >= 0 else {
            preconditionFailure("sodium_init failed: the system has no random source")
        }
        return true
    }()
}
