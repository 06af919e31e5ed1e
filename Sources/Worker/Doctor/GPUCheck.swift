import Operations

/// Tells which GPUs the drivers see, and whether a backend counts on one.
struct GPUCheck: DoctorCheck {
    /// Backends whose arguments put layers on a GPU.
    let backendsOnGPU: [String]
    let probe: CommandProbe
    let name = "GPU"
    let timeLimit: Duration = .seconds(20)

    static let nvidia = [
        "nvidia-smi", "--query-gpu=name,memory.total,memory.free,driver_version", "--format=csv,noheader",
    ]
    static let amd = ["rocm-smi", "--showproductname", "--showmeminfo", "vram", "--showdriverversion", "--csv"]

    func examine() async -> [DoctorFinding] {
        async let nvidia = probe.run(Self.nvidia)
        async let amd = probe.run(Self.amd)
        return verdict(nvidia: await nvidia, amd: await amd)
    }

    func verdict(nvidia: CommandProbe.Answer, amd: CommandProbe.Answer) -> [DoctorFinding] {
        let seen = devices(nvidia, program: "nvidia-smi") + devices(amd, program: "rocm-smi")
        let isSeen = seen.contains { $0.result == .ok }
        guard !isSeen, !backendsOnGPU.isEmpty else {
            return seen.isEmpty ? [.ok(name, "none seen: neither nvidia-smi nor rocm-smi is installed")] : seen
        }
        let backends = backendsOnGPU.joined(separator: ", ")
        return seen + [
            .warning(
                name,
                "backend \(backends) puts layers on a GPU (--n-gpu-layers), and no GPU is seen",
                remedy: "install the driver, or check that this user may open /dev/nvidia* or /dev/kfd; without a GPU "
                    + "the model runs on the CPU, if at all"
            )
        ]
    }

    private func devices(_ answer: CommandProbe.Answer, program: String) -> [DoctorFinding] {
        switch answer {
        case .missing:
            return []
        case .tookTooLong:
            return [
                .fault(
                    name,
                    "\(program) does not answer: the driver hangs",
                    remedy: "see the kernel's log (journalctl -k); a reboot usually helps"
                )
            ]
        case .ended(let status, let output):
            let lines = output.split(whereSeparator: \.isNewline).map { SafeText.line(String($0)) }
                .filter { !$0.allSatisfy(\.isWhitespace) }
            guard status == 0, !lines.isEmpty else {
                return [
                    .fault(
                        name,
                        "\(program) failed: \(lines.first ?? "it printed nothing")",
                        remedy: "the driver and its tools must be of one version: reboot after an upgrade"
                    )
                ]
            }
            return lines.prefix(16).map { .ok(name, $0) }
        }
    }
}
