import Glibc
import Operations

/// Looks whether there is room for jobs and receipts.
struct DiskSpaceCheck: DoctorCheck {
    let path: String
    let name = "disk space"

    /// Below this no receipt may fit any more.
    static let least = 100 << 20
    /// Below this it is time to look.
    static let low = 1 << 30

    func examine() async -> [DoctorFinding] {
        let path = path
        return [verdict(freeBytes: await blocking { Self.freeBytes(at: path) })]
    }

    func verdict(freeBytes: Int?) -> DoctorFinding {
        guard let freeBytes else {
            return .warning(name, "\(path) cannot be looked at", remedy: "see the state directory above")
        }
        let detail = "\(HumanText.bytes(freeBytes)) free at \(path)"
        if freeBytes < Self.least {
            return .fault(
                name,
                detail,
                remedy: "free some: a full disk stops new jobs; du -xh --max-depth=2 / | sort -h"
            )
        }
        if freeBytes < Self.low { return .warning(name, detail, remedy: "free some before it runs out") }
        return .ok(name, detail)
    }

    /// What this user may still write.
    private static func freeBytes(at path: String) -> Int? {
        var status = statvfs()
        guard statvfs(path, &status) == 0 else { return nil }
        return Int(
            clamping: UInt64(status.f_bavail).multipliedReportingOverflow(by: UInt64(status.f_frsize)).partialValue
        )
    }
}
