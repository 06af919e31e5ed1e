/// What one check of `doctor` found; member names are `snake_case` on the wire.
package struct DoctorFinding: Codable, Sendable, Equatable {
    package enum Result: String, Codable, Sendable, CaseIterable {
        /// As it should be, or nothing that this machine needs.
        case ok
        /// The worker works, but not as well or not as safely as it could.
        case warning
        /// Something keeps the worker from working.
        case fault
    }

    /// What was looked at: `database`, `model tiny-chat`, `network main`.
    package var name: String
    package var result: Result
    /// What was found, with the value and the cause; never a key or a prompt.
    package var detail: String
    /// What to do about it; null if nothing is to be done.
    @OrNull package var remedy: String?

    static func ok(_ name: String, _ detail: String) -> DoctorFinding {
        DoctorFinding(name: name, result: .ok, detail: detail, remedy: nil)
    }

    static func warning(_ name: String, _ detail: String, remedy: String) -> DoctorFinding {
        DoctorFinding(name: name, result: .warning, detail: detail, remedy: remedy)
    }

    static func fault(_ name: String, _ detail: String, remedy: String) -> DoctorFinding {
        DoctorFinding(name: name, result: .fault, detail: detail, remedy: remedy)
    }
}

/// What `doctor` found, in the order of its checks.
package struct DoctorReport: Codable, Sendable, Equatable {
    /// The worst of the findings.
    package var result: DoctorFinding.Result
    package var findings: [DoctorFinding]

    init(_ findings: [DoctorFinding]) {
        self.findings = findings
        let results = Set(findings.map(\.result))
        result = results.contains(.fault) ? .fault : results.contains(.warning) ? .warning : .ok
    }

    package func count(_ result: DoctorFinding.Result) -> Int {
        findings.count { $0.result == result }
    }
}
