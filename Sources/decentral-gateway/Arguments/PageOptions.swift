import ArgumentParser
import Gateway

/// `--limit`, which every long list takes beside its own `--after`.
struct PageOptions: ParsableArguments {
    @Option(name: .long, help: "Most items to list, 1 to 1000.")
    var limit = AdminLimits.defaultPage

    func validate() throws {
        guard AdminLimits.page.contains(limit) else {
            throw ValidationError(
                "--limit is a number from \(AdminLimits.page.lowerBound) to \(AdminLimits.page.upperBound)."
            )
        }
    }
}
