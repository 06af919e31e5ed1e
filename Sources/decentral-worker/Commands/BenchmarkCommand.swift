import ArgumentParser
import Foundation
import Operations
import Worker

struct BenchmarkCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "benchmark",
        abstract: "Measure the configured models, and suggest how many jobs at once they should take.",
        discussion: """
            Asks the backends directly, without a network and without pay. Supervised backends are started for it, with \
            as many slots as the highest concurrency; so the daemon must be down, or its backend somebody else's and idle.
            """
    )

    @OptionGroup var options: ConfigurationOption
    @OptionGroup var output: OutputOptions

    @Option(name: .long, help: "A model to measure, by its id; may be repeated. Default: all.")
    var model: [String] = []

    @Option(name: .long, help: "Requests at once, from 1 to 256, with commas.")
    var concurrency = "1,2,4,8"

    @Option(name: .long, help: "Tokens of each prompt, about; less where the model's window is smaller.")
    var promptTokens = 512

    @Option(name: .long, help: "Tokens of each answer, at most.")
    var outputTokens = 128

    private var concurrencies: [Int]? {
        let numbers = concurrency.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
        let known = Set(numbers.compactMap(\.self))
        guard known.count == numbers.count, known.allSatisfy((1...256).contains) else { return nil }
        return known.sorted()
    }

    func validate() throws {
        guard concurrencies != nil else {
            throw ValidationError("--concurrency is different numbers from 1 to 256 with commas, such as 1,2,4,8.")
        }
        guard (1...1_000_000).contains(promptTokens) else { throw ValidationError("--prompt-tokens is 1 to 1000000.") }
        guard (2...100_000).contains(outputTokens) else { throw ValidationError("--output-tokens is 2 to 100000.") }
    }

    func run() async throws {
        let benchmark = Benchmark(
            configuration: try options.load(),
            plan: BenchmarkPlan(
                models: model,
                concurrencies: concurrencies ?? [],
                promptTokens: promptTokens,
                outputTokens: outputTokens
            ),
            environment: ProcessInfo.processInfo.environment
        ) { line in
            FileHandle.standardError.write(Data("\(line)\n".utf8))
        }
        let report = try await benchmark.run()
        try output.print(report) { $0.models.map(\.text).joined(separator: "\n") }
        guard report.models.allSatisfy({ $0.suggestedMaxConcurrentJobs != nil }) else { throw ExitStatus.failed }
    }
}

extension ModelBenchmark {
    /// The model's table and the suggestion below it.
    fileprivate var text: String {
        var table = TextTable([
            .init("at once", .right), .init("requests", .right), .init("failed", .right),
            .init("prompt tokens/s", .right), .init("output tokens/s", .right), .init("per request", .right),
            .init("first token p50", .right), .init("p95", .right),
        ])
        for load in loads {
            table.append([
                "\(load.concurrency)", "\(load.requests)", "\(load.failed)", load.promptTokensPerSecond.oneDigit,
                load.outputTokensPerSecond.oneDigit, load.outputTokensPerSecondPerRequest.oneDigit,
                HumanText.duration(.seconds(load.firstTokenP50Seconds)),
                HumanText.duration(.seconds(load.firstTokenP95Seconds)),
            ])
        }
        let suggestion = suggestedMaxConcurrentJobs.map { "max_concurrent_jobs = \($0)" } ?? "no suggestion"
        let present = suggestedMaxConcurrentJobs == maxConcurrentJobs ? "as it is now" : "now \(maxConcurrentJobs)"
        return "\(id) on \(backend)\n\n\(table.text)\n\(suggestion) (\(present)): \(SafeText.line(reason))\n"
    }
}

extension Double {
    fileprivate var oneDigit: String {
        let tenths = Int((self * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }
}
