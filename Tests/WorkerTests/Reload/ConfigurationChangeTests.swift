import Operations
import Testing

@testable import Worker

struct ConfigurationChangeTests {
    private func file(_ text: String) throws -> ConfigurationFile {
        try ConfigurationFile(text: text, path: "/test/worker.toml")
    }

    @Test func `what is applied and what needs a restart are told apart`() throws {
        let old = try file(
            """
            [worker]
            name = "rig"
            state_directory = "old"
            [[model]]
            id = "qwen3-8b"
            max_concurrent_jobs = 8
            """
        )
        let new = try file(
            """
            [worker]
            name = "ox"
            state_directory = "new"
            [status]
            socket = "other.sock"
            [log]
            level = "debug"
            [[model]]
            id = "qwen3-8b"
            max_concurrent_jobs = 4
            """
        )
        let change = ConfigurationChange(start: old, current: old, next: new)
        #expect(
            change.changes == [
                "log: level default → \"debug\"", "model qwen3-8b: max_concurrent_jobs 8 → 4",
                "worker: name \"rig\" → \"ox\"",
            ]
        )
        #expect(
            change.needsRestart == [
                "status: socket default → \"other.sock\"", "worker: state_directory \"old\" → \"new\"",
            ]
        )
        // The second time nothing is applied, but what needs a restart still does.
        let again = ConfigurationChange(start: old, current: new, next: new)
        #expect(again.changes == [])
        #expect(again.needsRestart == change.needsRestart)
        #expect(again.text.hasPrefix("nothing changed\nneeds a restart: status: socket"))
        // Taken back, nothing is left to do.
        #expect(ConfigurationChange(start: old, current: new, next: old).needsRestart == [])
    }

    @Test func `a section that nobody applies while the daemon runs needs a restart`() throws {
        let change = try ConfigurationChange(start: file(""), current: file(""), next: file("[doors]\nopen = true"))
        #expect(change.changes == [])
        #expect(change.needsRestart == ["doors: open default → true"])
    }

    @Test func `a backend that is made anew for its models' sake is told`() throws {
        var change = try ConfigurationChange(start: file(""), current: file(""), next: file(""))
        change.remade(["llama"])
        #expect(
            change.changes == [
                "backend llama: made anew, for a changed key or changed slots and contexts of its models"
            ]
        )
    }
}
