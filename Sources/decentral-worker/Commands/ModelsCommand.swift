import ArgumentParser
import Operations
import Worker

struct ModelsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "models",
        abstract: "List the hosted models, their health and their slots."
    )

    @OptionGroup var options: ConfigurationOption
    @OptionGroup var output: ListOutputOptions

    func run() async throws {
        let list: ModelList = try await options.client().get("/v1/models")
        try output.print(list, empty: "No models are configured.") { list in
            var table = TextTable([
                .init("model"), .init("backend"), .init("upstream"), .init("health"), .init("slots", .right),
                .init("in flight", .right), .init("context", .right), .init("reason"),
            ])
            for model in list.models {
                table.append([
                    model.id, model.backend, model.upstreamModel, model.health, String(model.slots),
                    String(model.inFlight), String(model.contextWindow), model.reason ?? "",
                ])
            }
            return table
        }
    }
}
