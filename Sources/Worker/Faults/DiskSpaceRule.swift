import Operations

/// Whether the file system of the state directory has room for receipts.
///
/// A receipt with its offer and statement takes some kilobytes, the log up to 16 MiB and more while a reader holds it: with
/// less than the least, commits begin to fail while jobs run. What has stopped work must be gone with something to spare,
/// so that a file system at the edge does not start and stop it with every commit.
struct DiskSpaceRule: Sendable {
    /// Work stops below this, in bytes.
    static let leastBytes: Int = 32 << 20
    /// Work goes on from this on, in bytes.
    static let enoughBytes: Int = 64 << 20
    /// A warning below this, in bytes, or below 2 % of a large file system, but then at most 2 GiB.
    static let comfortableBytes: Int = 256 << 20
    static let mostComfortableBytes: Int = 2 << 30

    /// What a file system has, in bytes; `free` is what this user may still write.
    struct Space: Sendable, Equatable {
        var path: String
        var free: Int
        var total: Int
    }

    private var isStopped = false

    mutating func measured(_ space: Space) -> Fault? {
        isStopped = space.free < (isStopped ? Self.enoughBytes : Self.leastBytes)
        let comfortable = min(max(Self.comfortableBytes, space.total / 50), Self.mostComfortableBytes)
        guard isStopped || space.free < comfortable else { return nil }
        let left = "\(space.path) has \(HumanText.bytes(space.free)) left"
        let message =
            isStopped
            ? "\(left), and receipts need room: no jobs are taken until \(HumanText.bytes(Self.enoughBytes)) are free"
            : "\(left); under \(HumanText.bytes(Self.leastBytes)) no jobs are taken: free some space"
        return Fault(name: "disk_space", message: message, stopsWork: isStopped)
    }
}
