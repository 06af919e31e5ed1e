import Foundation
import HTTPTypes
import Hummingbird
import Logging
import Operations
import WorkerStore

/// The routes of the worker's local API.
struct StatusAPI: Sendable {
    let report: StatusReport
    let controls: WorkerControls
    let metrics: MetricsReport

    /// Most rows that one answer holds.
    static let longestList = 1000

    func router() -> Router<LocalRequestContext> {
        let router = Router(context: LocalRequestContext.self)
        router.get("/v1/status") { _, _ in try await Response.localJSON(report.status()) }
        router.get("/v1/why") { _, _ in try await Response.localJSON(report.why()) }
        router.get("/v1/events") { _, context in
            Response.events(of: report.activity.events, for: context.connection)
        }
        router.get("/v1/reconciliation") { _, _ in try Response.localJSON(report.reconciler.list) }
        router.post("/v1/reconcile") { request, context in try await reconcile(request, context) }
        router.post("/v1/selftest") { request, context in try await selfTest(request, context) }
        router.get("/v1/models") { _, _ in try Response.localJSON(report.modelList()) }
        router.get("/v1/jobs") { request, _ in try await jobs(request) }
        router.get("/v1/jobs/{id}") { _, context in try await job(context.parameters.require("id")) }
        router.get("/v1/payouts") { request, _ in try await payouts(request) }
        router.get("/v1/earnings") { request, _ in try await earnings(request) }
        router.get("/v1/receipts/{id}") { _, context in try await receipt(context.parameters.require("id")) }
        router.get("/metrics") { _, _ in try await Response.metrics(metrics.page()) }
        router.post("/v1/pause") { _, _ in
            try controls.pause()
            return try await Response.localJSON(report.status())
        }
        router.post("/v1/resume") { _, _ in
            try controls.resume()
            return try await Response.localJSON(report.status())
        }
        router.post("/v1/drain") { _, _ in
            controls.drain()
            return try await Response.localJSON(report.status(), status: .accepted)
        }
        router.post("/v1/reload") { _, _ in try await Response.localJSON(controls.reload()) }
        router.post("/v1/log-level") { request, context in try await setLogLevel(request, context) }
        return router
    }

    private func reconcile(_ request: Request, _ context: LocalRequestContext) async throws -> Response {
        let order = try await Self.order(ReconcileOrder.self, request, context) ?? ReconcileOrder()
        guard let list = await report.reconciler.reconcile(order.network) else {
            throw Self.noSuchNetwork(order.network, report.networks)
        }
        return try .localJSON(list)
    }

    private func selfTest(_ request: Request, _ context: LocalRequestContext) async throws -> Response {
        let order = try await Self.order(SelfTestOrder.self, request, context) ?? SelfTestOrder()
        let table = report.models.snapshot
        let network = report.networks.first { network in
            order.network.map { $0 == network.configuration.name } ?? network.network.isConnected
        }
        guard let network = network ?? (order.network == nil ? report.networks.first : nil) else {
            throw Self.noSuchNetwork(order.network, report.networks)
        }
        let model = order.model ?? (table.entries.first { $0.health.takesJobs } ?? table.entries.first)?.section.id
        guard let model, table[model] != nil else {
            let hosted = table.entries.map(\.section.id).joined(separator: ", ")
            throw Self.badRequest("model: expected one that is hosted here (\(hosted))")
        }
        do {
            return try .localJSON(await network.runSelfTest(model: model))
        } catch let failure as QuestionFailure {
            throw LocalAPIError(.conflict, code: "selftest_running", message: "\(failure)", hint: "wait for its end")
        }
    }

    /// The body of a request; `nil` if there is none.
    private static func order<Order: Decodable>(
        _ type: Order.Type,
        _ request: Request,
        _ context: LocalRequestContext
    ) async throws -> Order? {
        let body = try await request.body.collect(upTo: context.maxUploadSize)
        guard body.readableBytes > 0 else { return nil }
        do {
            return try LocalJSON.decode(Order.self, from: Data(body.readableBytesView))
        } catch {
            throw badRequest("the body is not what this route takes: {\"network\": NAME}, say")
        }
    }

    private static func noSuchNetwork(_ name: String?, _ networks: [NetworkConnection]) -> LocalAPIError {
        let names = networks.map(\.configuration.name).joined(separator: ", ")
        return badRequest(
            name.map { "network: there is no \(SafeText.line($0.prefix(64))); configured: \(names)" }
                ?? "no [[network]] is configured"
        )
    }

    private func setLogLevel(_ request: Request, _ context: LocalRequestContext) async throws -> Response {
        let wish = try await request.decode(as: LogLevelRequest.self, context: context)
        guard let level = Logger.Level(rawValue: wish.level) else {
            let words = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
            throw Self.badRequest("level: expected one of \(words)")
        }
        return try .localJSON(controls.logLevel.set(level))
    }

    private func jobs(_ request: Request) async throws -> Response {
        let query = request.uri.queryParameters
        var filter = JobFilter(
            network: query["network"].map(String.init),
            model: query["model"].map(String.init)
        )
        if let status = query["status"] {
            guard let known = JobStatus(rawValue: String(status)) else {
                let words = JobStatus.allCases.map(\.rawValue).joined(separator: ", ")
                throw Self.badRequest("status: expected one of \(words)")
            }
            filter.status = known
        }
        return try await .localJSON(JobList(report.history.jobs(filter, limit: limit(request))))
    }

    private func job(_ id: String) async throws -> Response {
        guard let record = try await report.history.job(id) else { throw Self.noSuchJob(id) }
        return try .localJSON(JobReport(record))
    }

    private func payouts(_ request: Request) async throws -> Response {
        let network = request.uri.queryParameters["network"].map(String.init)
        return try await .localJSON(PayoutList(report.history.payouts(network: network, limit: limit(request))))
    }

    /// `by`: day (the default), week, month, model or network; `since`: a day in UTC, `2026-06-15`; `limit` as above.
    private func earnings(_ request: Request) async throws -> Response {
        let query = request.uri.queryParameters
        let by = query["by"].map(String.init) ?? EarningsGrouping.day.rawValue
        guard let grouping = EarningsGrouping(rawValue: by) else {
            let words = EarningsGrouping.allCases.map(\.rawValue).joined(separator: ", ")
            throw Self.badRequest("by: expected one of \(words)")
        }
        let since = query["since"].map(String.init)
        let start = since.flatMap(RFC3339.milliseconds(ofDay:))
        guard since == nil || start != nil else {
            throw Self.badRequest("since: expected a day from 1970 on, such as 2026-06-15")
        }
        let earnings = try await report.history.earnings(by: grouping, since: start, limit: limit(request))
        return try .localJSON(EarningsReport(earnings, by: grouping, since: since))
    }

    private func receipt(_ id: String) async throws -> Response {
        guard let evidence = try await report.history.evidence(ofJob: id) else {
            guard let job = try await report.history.job(id) else { throw Self.noSuchJob(id) }
            throw LocalAPIError(
                .notFound,
                code: "no_receipt",
                message: "this job has no receipt: it is \(job.status.rawValue)"
            )
        }
        return try .localJSON(EvidenceReport(evidence))
    }

    /// `limit`: 1 to 1000, default 50.
    private func limit(_ request: Request) throws -> Int {
        guard let text = request.uri.queryParameters["limit"] else { return 50 }
        guard let limit = Int(text), (1...Self.longestList).contains(limit) else {
            throw Self.badRequest("limit: expected an integer from 1 to \(Self.longestList)")
        }
        return limit
    }

    private static func badRequest(_ message: String) -> LocalAPIError {
        LocalAPIError(.badRequest, code: "invalid_parameter", message: message)
    }

    private static func noSuchJob(_ id: String) -> LocalAPIError {
        LocalAPIError(.notFound, code: "job_not_found", message: "there is no job \(SafeText.line(id.prefix(64)))")
    }
}
