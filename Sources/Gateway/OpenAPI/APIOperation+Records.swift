import GatewayStore
import HTTPTypes
import InferenceAPI
import StrictJSON

// Models, jobs and credits: what can be looked up.

extension APIOperation {
    static let listModels = APIOperation(
        id: "listModels",
        method: .get,
        path: "/v1/models",
        tag: .models,
        summary: "List the models that a live worker hosts",
        answers: [.json(.named("ModelList"), "The models.")]
    )

    static let getModel = APIOperation(
        id: "getModel",
        method: .get,
        path: "/v1/models/{id}",
        tag: .models,
        summary: "Show a model, whether or not a worker hosts it",
        parameters: [.id(.modelID, "The model.")],
        answers: [.json(.named("Model"), "The model.")],
        errors: [.modelNotFound]
    )

    static let listJobs = APIOperation(
        id: "listJobs",
        method: .get,
        path: "/v1/jobs",
        tag: .jobs,
        summary: "List the account's jobs, the newest first",
        parameters: APIParameter.page(of: .jobID) + [
            .query("status", .word(JobStatus.allCases.map(\.rawValue)), "Only jobs that stand there."),
            .query("model", .string(), "Only jobs of that model."),
        ],
        answers: [.json(.named("JobPage"), "A page of jobs.")],
        errors: listErrors
    )

    static let getJob = APIOperation(
        id: "getJob",
        method: .get,
        path: "/v1/jobs/{id}",
        tag: .jobs,
        summary: "Show a job of the account",
        parameters: [.id(.jobID, "The job.")],
        answers: [.json(.named("Job"), "The job.")],
        errors: [.jobNotFound]
    )

    static let getReceipt = APIOperation(
        id: "getReceipt",
        method: .get,
        path: "/v1/jobs/{id}/receipt",
        tag: .jobs,
        summary: "Get the proof of a settled job",
        parameters: [.id(.jobID, "The job.")],
        answers: [.json(.named("Receipt"), "The worker's receipt and the gateway's statement.")],
        errors: [.jobNotFound]
    )

    static let getCredits = APIOperation(
        id: "getCredits",
        method: .get,
        path: "/v1/credits",
        tag: .credits,
        summary: "Show what the account has",
        answers: [.json(.named("Credits"), "The balance.")]
    )

    static let listTransactions = APIOperation(
        id: "listTransactions",
        method: .get,
        path: "/v1/credits/transactions",
        tag: .credits,
        summary: "List what moved the account's credits, the newest first",
        parameters: APIParameter.page(of: .transactionID),
        answers: [.json(.named("TransactionPage"), "A page of entries of the ledger.")],
        errors: listErrors
    )

    private static let listErrors: Set<APIError.Code> = [.invalidParameter, .unknownParameter]
}

extension APIParameter {
    static func id(_ schema: JSONSchema, _ description: String) -> APIParameter {
        APIParameter(name: "id", place: .path, schema: schema, description: description)
    }

    static func query(_ name: String, _ schema: JSONSchema, _ description: String) -> APIParameter {
        APIParameter(name: name, place: .query, schema: schema, description: description)
    }

    /// The parameters of every list that is paged.
    static func page(of id: JSONSchema) -> [APIParameter] {
        [
            .query("limit", JSONSchema.integer(1...100).byDefault(20), "Elements of a page."),
            .query("after", id, "The last id of the page before."),
        ]
    }
}
