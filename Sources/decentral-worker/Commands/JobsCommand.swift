import ArgumentParser
import Operations
import Worker
import WorkerStore

struct JobsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "jobs",
        abstract: "Look at the jobs of this worker, whether the daemon runs or not.",
        subcommands: [JobsListCommand.self, JobsShowCommand.self]
    )
}

struct JobsListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List jobs, the newest first.")

    @OptionGroup var options: ConfigurationOption
    @OptionGroup var output: ListOutputOptions

    @Option(name: .long, help: "How many jobs at most.")
    var limit = 50

    @Option(
        name: .long,
        help: "Only jobs that are running, finished, settled, unpaid, failed or cancelled."
    )
    var status: JobStatus?

    @Option(name: .long, help: "Only jobs of this model.")
    var model: String?

    func validate() throws {
        guard limit > 0 else { throw ValidationError("--limit is at least 1.") }
    }

    func run() async throws {
        let history = try options.history()
        let list = JobList(try await history.jobs(JobFilter(status: status, model: model), limit: limit))
        try output.print(list, empty: "No jobs yet.") { list in
            var table = TextTable([
                .init("job"), .init("accepted"), .init("model"), .init("status"), .init("prompt", .right),
                .init("completion", .right), .init("credits", .right), .init("micro_usdc", .right), .init("error"),
            ])
            for job in list.jobs {
                table.append([
                    job.jobID, job.acceptedAt, job.model, job.status, job.promptTokens.text,
                    job.completionTokens.text, job.credits.text, job.microUSDC.text, job.errorCode ?? "",
                ])
            }
            return table
        }
    }
}

struct JobsShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "show", abstract: "Tell everything about one job.")

    @Argument(help: "The job's id, job_….")
    var job: String

    @OptionGroup var options: ConfigurationOption
    @OptionGroup var output: OutputOptions

    func run() async throws {
        guard let record = try await options.history().job(job) else {
            throw CommandError(.failed, "there is no job \(SafeText.line(job)) in this worker's database")
        }
        try output.print(JobReport(record)) { $0.text }
    }
}

extension JobReport {
    /// The job as a person reads it.
    fileprivate var text: String {
        let tokens = promptTokens.flatMap { prompt in
            completionTokens.map { "\(prompt) prompt, \($0) completion (\(usageSource ?? ""))" }
        }
        let earned = microUSDC.map { "\(HumanText.usdc(micro: $0)) of \(credits ?? 0) credits" }
        let error = errorCode.map { code in
            let explanation = JobEndings.explanation(of: code).map { " (\($0))" } ?? ""
            return code + (errorMessage.map { ": \($0)" } ?? "") + explanation
        }
        let rows: [(String, String?)] = [
            ("job", jobID), ("status", status), ("error", error), ("model", "\(model) on \(backend)"),
            ("network", network), ("request", requestID), ("tokens", tokens), ("earned", earned),
            ("locked", "\(creditsLocked) credits, share \(shareBPS) basis points"), ("accepted", acceptedAt),
            ("first token", firstTokenAt), ("finished", finishedAt), ("settled", settledAt), ("proof", proofHash),
            ("escrow tx", escrowTx), ("settlement tx", settlementTx),
        ]
        return rows.compactMap { name, value in
            value.map { name.padding(to: 15) + SafeText.line($0) + "\n" }
        }.joined()
    }
}

extension JobStatus: ExpressibleByArgument {}

extension Int? {
    /// The number, or nothing.
    fileprivate var text: String { map(String.init) ?? "" }
}

extension String {
    func padding(to width: Int) -> String {
        self + String(repeating: " ", count: Swift.max(1, width - count))
    }
}
