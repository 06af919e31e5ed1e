/// One reason why a worker gets work or gets none: a sentence, and what helps.
package struct WhyReason: Codable, Sendable, Equatable {
    /// What kind of reason it is; the order is that of importance.
    package enum Code: String, Codable, Sendable, CaseIterable {
        // The worker's own doing: as long as one holds, no offer is taken.
        case draining
        case paused
        case schedule
        case fault
        case noNetworks = "no_networks"
        case noModels = "no_models"
        // All is well.
        case working
        // No way to a network.
        case refused
        case wrongGateway = "wrong_gateway"
        case duplicateNetwork = "duplicate_network"
        case superseded
        case notConnected = "not_connected"
        case connecting
        case networkDraining = "network_draining"
        // A model that is not on offer.
        case unhealthy
        case starting
        // What the network says.
        case setAside = "set_aside"
        case notInCatalogue = "not_in_catalogue"
        case lacksFeatures = "lacks_features"
        case othersPreferred = "others_preferred"
        case noSlots = "no_slots"
        case unknownVerdict = "unknown_verdict"
        case noDemand = "no_demand"
        case eligible
        case noStanding = "no_standing"
        // What this worker made of its offers.
        case offersRefused = "offers_refused"
        case jobsLost = "jobs_lost"
        case jobsUnpaid = "jobs_unpaid"
    }

    package var code: Code
    /// A sentence.
    package var message: String
    /// What the operator can do; `nil`: nothing need be done.
    @OrNull package var remedy: String?
    /// The network that it is about, by its name in the configuration; `nil`: all.
    @OrNull package var network: String?
    /// The model that it is about; `nil`: all.
    @OrNull package var model: String?

    init(_ code: Code, _ message: String, remedy: String? = nil, network: String? = nil, model: String? = nil) {
        self.code = code
        self.message = message
        self.remedy = remedy
        self.network = network
        self.model = model
    }

    private enum CodingKeys: String, CodingKey {
        case code, message, remedy, network, model
    }
}

extension WhyReason.Code: Comparable {
    private var rank: Int { Self.allCases.firstIndex(of: self) ?? Self.allCases.count }

    /// The more important is the smaller.
    package static func < (one: Self, other: Self) -> Bool { one.rank < other.rank }
}
