import GatewayStore
import Hummingbird
import InferenceAPI
import Operations
import Signing

// What stands in the paths and queries of the admin API, checked.

extension Address {
    /// Reads a wallet's address.
    ///
    /// - Throws: ``AdministrationError/Code/invalid``.
    init(wallet text: String) throws(AdministrationError) {
        do {
            try self.init(base58: text)
        } catch {
            throw AdministrationError(.invalid, "this is no wallet's address: \(error.message)")
        }
    }
}

extension LocalRequestContext {
    func wallet() throws -> Address {
        try Address(wallet: parameters.require("wallet"))
    }

    func worker() throws -> Address {
        do {
            return try Address(base58: parameters.require("worker"))
        } catch let error as SigningError {
            throw AdministrationError(.invalid, "this is no worker's address: \(error.message)")
        }
    }

    func jobID() throws -> JobID {
        try JobID(checked: parameters.require("id"))
    }
}

extension AccountQuery {
    init(_ parameters: Parameters) throws(AdministrationError) {
        self.init(
            after: try parameters["after"].map { (text) throws(AdministrationError) in try Address(wallet: String(text))
            },
            limit: try parameters.limit()
        )
    }
}

extension JobQuery {
    init(_ parameters: Parameters) throws(AdministrationError) {
        self.init(limit: try parameters.limit())
        if let text = parameters.get("wallet") { wallet = try Address(wallet: text) }
        if let text = parameters.get("status") { status = try JobStatus(checked: text) }
        if let text = parameters.get("after") { after = try JobID(checked: text) }
        model = parameters.get("model")
    }
}

extension WebhookQuery {
    init(_ parameters: Parameters) throws(AdministrationError) {
        self.init(after: parameters.get("after"), limit: try parameters.limit())
        if let text = parameters.get("wallet") { wallet = try Address(wallet: text) }
    }
}

extension JobID {
    fileprivate init(checked text: String) throws(AdministrationError) {
        guard let id = JobID(text) else {
            throw AdministrationError(.invalid, "a job's id is job_ and 18 characters of lower-case Crockford base32")
        }
        self = id
    }
}

extension JobStatus {
    fileprivate init(checked text: String) throws(AdministrationError) {
        guard let status = JobStatus(rawValue: text) else {
            let known = Self.allCases.map(\.rawValue).joined(separator: ", ")
            throw AdministrationError(.invalid, "there is no such status; there are \(known)")
        }
        self = status
    }
}

extension Parameters {
    fileprivate func limit() throws(AdministrationError) -> Int {
        guard let text = get("limit") else { return AdminLimits.defaultPage }
        guard let limit = Int(text), AdminLimits.page.contains(limit) else {
            throw AdministrationError(
                .invalid,
                "limit is a number from \(AdminLimits.page.lowerBound) to \(AdminLimits.page.upperBound)"
            )
        }
        return limit
    }
}
