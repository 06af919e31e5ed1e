import ArgumentParser
import Gateway
import GatewayStore
import InferenceAPI
import Operations
import Signing

/// `jobs`.
struct JobsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "jobs",
        abstract: "What was asked of the network, and what became of it.",
        subcommands: [List.self, Show.self]
    )

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List jobs, the newest first.")

        @OptionGroup var options: ConfigurationOption
        @OptionGroup var page: PageOptions
        @OptionGroup var output: ListOutputOptions

        @Option(name: .long, help: ArgumentHelp("Only this wallet's.", valueName: "address"))
        var wallet: Address?

        @Option(name: .long, help: "Only those with this status.")
        var status: JobStatus?

        @Option(name: .long, help: ArgumentHelp("Only those for this model.", valueName: "id"))
        var model: String?

        @Option(name: .long, help: ArgumentHelp("Go on after this job.", valueName: "job"))
        var after: JobID?

        func run() async throws {
            let query = JobQuery(wallet: wallet, status: status, model: model, after: after, limit: page.limit)
            let jobs = try await options.access().withRecords { try await $0.jobs(query) }
            try output.print(jobs, empty: "No such jobs.", table: Self.table)
            Note.more(jobs, after: jobs.data.last?.jobID)
        }

        private static func table(_ jobs: AdminPage<JobDetails>) -> TextTable {
            var table = TextTable([
                .init("job_id"), .init("status"), .init("model"), .init("created_at"), .init("prompt_tokens", .right),
                .init("completion_tokens", .right), .init("credits_locked", .right), .init("credits_charged", .right),
                .init("error_code"), .init("worker"), .init("wallet"),
            ])
            for job in jobs.data {
                table.append([
                    job.jobID, job.isTest ? "\(job.status) (test)" : job.status, job.model, job.createdAt,
                    job.promptTokens.map(String.init) ?? "",
                    job.completionTokens.map(String.init) ?? "", String(job.creditsLocked),
                    String(job.creditsCharged), job.errorCode ?? "", job.worker ?? "", job.wallet,
                ])
            }
            return table
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show all that is known of a job.")

        @OptionGroup var options: ConfigurationOption
        @OptionGroup var output: OutputOptions

        @Argument(help: ArgumentHelp("The job's id.", valueName: "job"))
        var id: JobID

        func run() async throws {
            let job = try await options.access().withRecords { try await $0.job(id) }
            try output.print(job) { FieldList($0).text }
        }
    }
}

extension FieldList {
    fileprivate init(_ job: JobDetails) {
        self.init([
            "job_id": job.jobID,
            "status": job.status,
            "test": job.isTest ? "a worker's test of itself: free, and in nobody's figures" : nil,
            "error": job.errorCode.map { code in "\(code): \(job.errorMessage ?? "")" },
            "model": "\(job.model) (\(job.tier))",
            "wallet": job.wallet,
            "key_id": job.keyID,
            "request_id": job.requestID,
            "worker": job.worker,
            "payout_address": job.payoutAddress,
            "created_at": job.createdAt,
            "accepted_at": job.acceptedAt,
            "first_token": job.timeToFirstTokenMS.map { "after \($0) ms" },
            "cancelled_at": job.cancelledAt,
            "completed_at": job.completedAt,
            "deadline": job.deadline,
            "prompt_tokens": job.promptTokens.map(String.init),
            "completion_tokens": job.completionTokens.map { count in
                "\(count)\(job.usageSource.map { " (\($0))" } ?? "")"
            },
            "credits_locked": String(job.creditsLocked),
            "credits_charged": String(job.creditsCharged),
            "credits_refunded": String(job.creditsRefunded),
            "worker's share": job.workerMicroUSDC.map { HumanText.usdc(micro: $0) },
            "treasury's share": job.treasuryMicroUSDC.map { HumanText.usdc(micro: $0) },
            "request_sha256": job.requestSHA256,
            "proof_hash": job.proofHash,
            "escrow_tx": job.escrowTx,
            "settlement_tx": job.settlementTx,
            "slot": job.slot.map(String.init),
        ])
    }
}
