import ArgumentParser
import GatewayStore
import InferenceAPI
import Signing

// The gateway's own words as arguments: a wrong one is wrong usage, told before anything is asked.

extension Address: ExpressibleByArgument {
    package init?(argument: String) {
        do {
            try self.init(base58: argument)
        } catch {
            return nil
        }
    }
}

extension JobID: ExpressibleByArgument {
    package init?(argument: String) {
        self.init(argument)
    }
}

extension JobStatus: ExpressibleByArgument {}
