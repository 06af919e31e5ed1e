import SQLiteStore

/// Which faults there are, from what was measured; remembers only what it takes not to waver.
struct FaultRules: Sendable {
    /// What was measured at one time; what could not be measured is nil, and then no fault is made of it.
    struct Measurements: Sendable {
        var diskSpace: DiskSpaceRule.Space?
        var descriptors: DescriptorRule.Use?
        var clockOffsets: [ClockRule.Offset] = []
        /// Why the database cannot be written, if the last commit and the try after it failed.
        var database: StoreError?
    }

    private var diskSpace = DiskSpaceRule()
    private var descriptors = DescriptorRule()
    private var clock = ClockRule()

    /// - Returns: The faults, those that stop work first.
    mutating func measured(_ measurements: Measurements) -> [Fault] {
        let faults = [
            measurements.database.map(Self.fault(of:)),
            measurements.diskSpace.flatMap { diskSpace.measured($0) },
            measurements.descriptors.flatMap { descriptors.measured($0) },
            clock.measured(measurements.clockOffsets),
        ].compactMap(\.self)
        return faults.filter(\.stopsWork) + faults.filter { !$0.stopsWork }
    }

    private static func fault(of error: StoreError) -> Fault {
        Fault(
            name: "database",
            message: "receipts cannot be stored, and no jobs are taken until they can: \(error)",
            stopsWork: true
        )
    }
}
