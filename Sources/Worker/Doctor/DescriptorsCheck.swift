import Operations

/// Looks whether as many files and connections may be open as the jobs need.
struct DescriptorsCheck: DoctorCheck {
    /// Jobs at once, over all models.
    let slots: Int
    /// The soft limit of the process that counts.
    let limit: Int?
    let name = "descriptors"

    /// A connection to the backend for each job, one more while it closes, and what the daemon itself holds.
    var needed: Int { 2 * slots + 128 }

    func examine() async -> [DoctorFinding] {
        guard let limit else { return [.ok(name, "the limit cannot be read here")] }
        let detail = "\(limit) may be open, and \(needed) are needed for \(HumanText.count(slots, "slot"))"
        guard limit >= needed else {
            return [.fault(name, detail, remedy: "raise LimitNOFILE= of the unit, or `ulimit -n` of the shell")]
        }
        return [.ok(name, detail)]
    }
}
