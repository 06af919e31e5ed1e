import Foundation

/// Tells in which time zone a schedule is read.
struct TimeZoneCheck: DoctorCheck {
    var zone = TimeZone.current
    var now = Date()
    let name = "time zone"

    func examine() async -> [DoctorFinding] {
        let minutes = zone.secondsFromGMT(for: now) / 60
        let sign = minutes < 0 ? "-" : "+"
        let hours = String(abs(minutes) / 60)
        let rest = String(abs(minutes) % 60)
        let offset = "UTC\(sign)\(hours):\(rest.count < 2 ? "0" : "")\(rest)"
        return [.ok(name, "\(zone.identifier), now \(offset): times of [schedule] are read in it")]
    }
}
