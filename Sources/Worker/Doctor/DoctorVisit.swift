import Backends
import Logging
import Operations
import Signing
import WorkerProtocol
import WorkerTransport

/// One run of `doctor`: reads the configuration, asks the daemon, and puts the checks together.
package struct DoctorVisit: Sendable {
    private let configurationFile: String
    private let environment: [String: String]

    /// - Parameters:
    ///   - configurationFile: Its path.
    ///   - environment: What the entry point has read.
    package init(configurationFile: String, environment: [String: String]) {
        self.configurationFile = configurationFile
        self.environment = environment
    }

    /// Looks at everything; never throws, and ends in bounded time.
    package func examine() async -> DoctorReport {
        let configuration: WorkerConfiguration
        do {
            configuration = try WorkerConfiguration(path: configurationFile)
        } catch {
            let fault = DoctorFinding.fault(
                "configuration",
                SafeText.line("\(error)"),
                remedy: "correct the file; `\(WorkerDaemon.program) config check` shows every problem on its own line"
            )
            // What does not depend on the file is told all the same.
            return DoctorReport([fault] + (await Doctor(checks: systemChecks(nil)).examine().findings))
        }
        let daemon = await DaemonView.ask(configuration)
        let http = BackendHTTP.makeClient()
        let folder = RuntimeFolder(environment: environment)
        let checks =
            localChecks(configuration, daemon) + backendChecks(configuration, daemon, http, folder.path)
            + networkChecks(configuration, daemon) + systemChecks(configuration)
        let report = await Doctor(checks: checks).examine()
        folder.remove()
        try? await http.shutdown()
        return DoctorReport([summary(of: configuration)] + report.findings)
    }

    private func summary(of configuration: WorkerConfiguration) -> DoctorFinding {
        let parts = [
            HumanText.count(configuration.networks.count, "network"),
            HumanText.count(configuration.backends.count, "backend"),
            HumanText.count(configuration.models.count, "model"),
        ]
        let detail = "\(configurationFile) is right: \(parts.joined(separator: ", "))"
        guard configuration.networks.isEmpty || configuration.models.isEmpty else {
            return .ok("configuration", detail)
        }
        return .fault(
            "configuration",
            detail,
            remedy: "a worker needs a [[network]], a [[backend]] and a [[model]] to earn"
        )
    }

    private func localChecks(_ configuration: WorkerConfiguration, _ daemon: DaemonView) -> [any DoctorCheck] {
        [
            StateDirectoryCheck(path: configuration.worker.stateDirectory),
            IdentityCheck(
                section: configuration.worker,
                credentialsDirectory: environment["CREDENTIALS_DIRECTORY"],
                daemon: daemon
            ),
            DatabaseCheck(path: configuration.worker.databaseFile), DaemonCheck(daemon: daemon),
            SocketCheck(section: configuration.status, daemon: daemon),
        ]
    }

    private func backendChecks(
        _ configuration: WorkerConfiguration,
        _ daemon: DaemonView,
        _ http: BackendHTTP,
        _ runtimeDirectory: String
    ) -> [any DoctorCheck] {
        let workshop = BackendWorkshop(
            configuration: configuration,
            http: http,
            runtimeDirectory: runtimeDirectory,
            environment: environment
        )
        return configuration.backends.flatMap { section -> [any DoctorCheck] in
            var checks: [any DoctorCheck] = []
            if case .llamaServer(let server) = section.configuration.kind {
                let path = environment["PATH"] ?? ""
                checks.append(ModelFileCheck(backend: section.name, configuration: server, searchPath: path))
            }
            do throws(CommandError) {
                checks.append(
                    BackendCheck(
                        backend: try workshop.make(section),
                        models: configuration.models.filter { $0.backend == section.name },
                        timeouts: section.timeouts,
                        isSupervised: section.isSupervised,
                        daemon: daemon
                    )
                )
            } catch {
                let fault = DoctorFinding.fault("backend \(section.name)", error.message, remedy: "correct its section")
                checks.append(KnownFinding(finding: fault))
            }
            return checks
        }
    }

    private func networkChecks(_ configuration: WorkerConfiguration, _ daemon: DaemonView) -> [any DoctorCheck] {
        let identity = try? WorkerIdentity.load(
            configuration.worker,
            credentialsDirectory: environment["CREDENTIALS_DIRECTORY"]
        )
        return configuration.networks.map { section in
            NetworkCheck(
                section: section,
                daemon: daemon,
                host: .live(),
                network: identity.map { identity in
                    NetworkProbe.live(
                        dialer: GRPCWorkerDialer(url: section.url, trustFile: section.trustFile),
                        session: WorkerSession.Configuration(
                            identity: identity,
                            payoutAddress: configuration.worker.payoutAddress ?? identity.address,
                            authority: section.url.authority,
                            pinnedGateway: section.gatewayAddress,
                            software: "\(WorkerDaemon.program)-doctor/\(WorkerDaemon.version)"
                        )
                    )
                },
                certificate: { await CertificateFacts.ofServer($0) }
            )
        }
    }

    private func systemChecks(_ configuration: WorkerConfiguration?) -> [any DoctorCheck] {
        let slots = configuration?.models.reduce(0) { $0 + $1.maxConcurrentJobs } ?? 0
        let checks: [any DoctorCheck] = [
            ClockCheck(probe: .live(limit: .seconds(5))), TimeZoneCheck(),
            DescriptorsCheck(slots: slots, limit: ProcessFigures().descriptorLimit),
            SystemdCheck(probe: .live(limit: .seconds(5))),
            GPUCheck(backendsOnGPU: configuration?.backendsOnGPU ?? [], probe: .live(limit: .seconds(10))),
        ]
        return (configuration.map { [DiskSpaceCheck(path: $0.worker.stateDirectory)] } ?? []) + checks
    }
}

/// A finding that needed no looking.
private struct KnownFinding: DoctorCheck {
    let finding: DoctorFinding
    var name: String { finding.name }

    func examine() async -> [DoctorFinding] { [finding] }
}

extension WorkerConfiguration {
    /// Supervised backends whose arguments put layers on a GPU.
    fileprivate var backendsOnGPU: [String] {
        backends.compactMap { section in
            guard case .llamaServer(let server) = section.configuration.kind else { return nil }
            let flags: Set = ["--n-gpu-layers", "--gpu-layers", "-ngl"]
            let arguments = server.arguments
            let isOnGPU = arguments.indices.contains { place in
                let parts = arguments[place].split(separator: "=", maxSplits: 1)
                guard let flag = parts.first, flags.contains(String(flag)) else { return false }
                let following = arguments.index(after: place) < arguments.endIndex ? arguments[place + 1] : "0"
                return (parts.count > 1 ? String(parts[1]) : following) != "0"
            }
            return isOnGPU ? section.name : nil
        }
    }
}
