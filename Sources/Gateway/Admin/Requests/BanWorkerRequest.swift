/// The body of `POST /v1/workers/{address}/ban`.
struct BanWorkerRequest: Codable, Sendable {
    /// For the worker's operator; may be empty.
    var reason: String
}
