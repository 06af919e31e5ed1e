import Backends
import Operations
import ServiceLifecycle
import Synchronization

/// The backends of the configuration, which may change while jobs run on them.
///
/// A changed backend is another backend: new jobs go to it, and the old one ends with its last job.
final class BackendFleet: Service {
    typealias Maker = @Sendable (BackendConfiguration) throws(CommandError) -> any InferenceBackend

    /// What a changed configuration does to the backends; made before anything is touched, for it may fail.
    struct Plan: Sendable {
        fileprivate var kept: [BackendSection] = []
        fileprivate var made:
            [(backend: any InferenceBackend, settings: BackendConfiguration, section: BackendSection)] = []
        fileprivate var removed: [String] = []
        /// Names whose backend is made anew.
        fileprivate(set) var replaced: [String] = []
    }

    private let make: Maker
    private let models: ModelHost
    private let services = ServiceFleet()
    private let members = Mutex<[String: BackendMember]>([:])

    /// - Parameters:
    ///   - models: Told how the backends are.
    ///   - make: Makes a backend, which does nothing until it is run or used.
    init(models: ModelHost, make: @escaping Maker) {
        self.models = models
        self.make = make
    }

    func run() async throws { try await services.run() }

    /// Fails when a backend does.
    var alarm: some Service { services.alarm }

    /// The backend of that name, for a job that is told to it by ``BackendMember/jobBegan()``.
    subscript(name: String) -> BackendMember? { members.withLock { $0[name] } }

    // MARK: Changes

    /// Makes the backends that a configuration asks for and that are not there yet.
    ///
    /// - Throws: ``ExitStatus/usage`` if one cannot be made.
    func plan(for configuration: WorkerConfiguration) throws(CommandError) -> Plan {
        let present = members.withLock { $0 }
        var plan = Plan()
        for section in configuration.backends {
            let settings = configuration.settings(of: section)
            if present[section.name]?.settings == settings {
                plan.kept.append(section)
            } else {
                plan.made.append((try make(settings), settings, section))
                if present[section.name] != nil { plan.replaced.append(section.name) }
            }
        }
        let names = Set(configuration.backends.map(\.name))
        plan.removed = present.keys.filter { !names.contains($0) }
        return plan
    }

    /// Starts what is new, and lets go what is no longer there.
    func carryOut(_ plan: Plan) {
        for section in plan.kept { self[section.name]?.timeouts = section.timeouts }
        for (backend, settings, section) in plan.made {
            let name = section.name
            let former = self[name]
            // Before the change, so that no job is taken for what has not started.
            if former != nil { models.probed(name, .starting("its configuration was changed")) }
            let member = BackendMember(
                backend,
                settings: settings,
                timeouts: section.timeouts,
                after: settings.isSupervised ? former : nil
            ) { [models] health in
                models.probed(name, health)
            }
            members.withLock { $0[name] = member }
            former?.retire()
            services.start(member)
        }
        for name in plan.removed { members.withLock { $0.removeValue(forKey: name) }?.retire() }
        // A model may have come to a backend that is asked every few seconds only.
        for section in plan.kept { inspect(section.name) }
    }

    /// Asks a backend at once how it is; see ``BackendMember/inspect()``.
    func inspect(_ name: String) {
        self[name]?.inspect()
    }
}

extension WorkerConfiguration {
    /// What a backend is made from: its section, and for a supervised server what its models need.
    func settings(of section: BackendSection) -> BackendConfiguration {
        var settings = section.configuration
        if let contextWindow = models.filter({ $0.backend == section.name }).map(\.contextWindow).max() {
            settings.serve(slots: slots(ofBackend: section.name), contextWindow: contextWindow)
        }
        return settings
    }
}
