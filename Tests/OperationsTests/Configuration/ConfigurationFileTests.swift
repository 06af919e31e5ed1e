import Operations
import Testing

struct ConfigurationFileTests {
    private enum Kind: String, CaseIterable {
        case ledger
        case solana
    }

    private func root(_ text: String) throws -> ConfigurationTable {
        try ConfigurationFile(text: text, path: "/etc/decentral/worker.toml").root
    }

    /// The one problem that `read` must throw, as text without the file's folder.
    private func problem(_ text: String, _ read: (inout ConfigurationTable) throws -> Void) throws -> String {
        var root = try self.root(text)
        let error = try #require(throws: ConfigurationError.self) { try read(&root) }
        return error.description.replacing("/etc/decentral/", with: "")
    }

    @Test func `values of every type are read`() throws {
        var root = try self.root(
            """
            [worker]
            name = "rig-1"
            slots = 8
            ratio = 0.5
            whole = 2
            verbose = true
            wait_seconds = 30
            kind = "solana"
            arguments = ["--n-gpu-layers", "99"]
            """
        )
        var worker = try root.table("worker")
        #expect(try worker.string("name") == "rig-1")
        #expect(try worker.integer("slots", in: 1...64) == 8)
        #expect(try worker.number("ratio", in: 0...1, default: 0) == 0.5)
        #expect(try worker.number("whole", in: 0...10, default: 0) == 2)
        #expect(try worker.bool("verbose", default: false))
        #expect(try worker.seconds("wait_seconds", in: 1...60, default: 1) == .seconds(30))
        #expect(try worker.choice("kind", default: Kind.ledger) == .solana)
        #expect(try worker.strings("arguments") == ["--n-gpu-layers", "99"])
        try worker.finish()
        try root.finish()
    }

    @Test func `what is missing takes its default`() throws {
        var root = try self.root("")
        var worker = try root.table("worker")
        #expect(worker.line == nil)
        #expect(try worker.string("name", default: "worker") == "worker")
        #expect(try worker.optionalString("note") == nil)
        #expect(try worker.integer("slots", in: 1...64, default: 4) == 4)
        #expect(try worker.choice("kind", default: Kind.ledger) == .ledger)
        #expect(try root.tables("model").isEmpty)
        try root.finish()
    }

    @Test func `a missing key that must be there is named with its table's line`() throws {
        let text = try self.problem("# a comment\n\n[worker]\n") { root in
            var worker = try root.table("worker")
            _ = try worker.string("name")
        }
        #expect(text == "worker.toml:3: worker.name: found nothing, expected a string")
    }

    @Test func `a wrong type is named with what stands there`() throws {
        let text = try self.problem("[worker]\nslots = \"many\"\n") { root in
            var worker = try root.table("worker")
            _ = try worker.integer("slots", in: 1...64)
        }
        #expect(
            text == "worker.toml:2: worker.slots: found the string \"many\", expected an integer from 1 to 64"
        )
    }

    @Test func `a value out of range is refused`() throws {
        let text = try self.problem("[worker]\nslots = 65\n") { root in
            var worker = try root.table("worker")
            _ = try worker.integer("slots", in: 1...64)
        }
        #expect(text == "worker.toml:2: worker.slots: found the integer 65, expected an integer from 1 to 64")
    }

    @Test func `a word outside a closed set names the set`() throws {
        let text = try self.problem("kind = \"gold\"") { root in
            _ = try root.choice("kind", default: Kind.ledger)
        }
        #expect(text == "worker.toml:1: kind: found the string \"gold\", expected one of \"ledger\", \"solana\"")
    }

    @Test func `an unknown key gets a suggestion`() throws {
        let text = try self.problem("[worker]\nstate_directroy = \"x\"\n") { root in
            try root.table("worker") { worker in
                _ = try worker.optionalString("state_directory")
                _ = try worker.optionalString("name")
            }
        }
        #expect(
            text
                == "worker.toml:2: worker.state_directroy: found an unknown key, "
                + "expected \"state_directory\" (did you mean that?)"
        )
    }

    @Test func `an unknown key that resembles nothing gets the list`() throws {
        let text = try self.problem("colour = 1\n") { root in
            _ = try root.optionalString("name")
            try root.finish()
        }
        #expect(text == "worker.toml:1: colour: found an unknown key, expected one of: name")
    }

    @Test func `a value that may be secret is not repeated`() throws {
        for line in ["api_key = [\"hunter2\"]", "password = 7_654_321", "url = \"http://me:hunter2@host\""] {
            let key = line.prefix { $0 != " " }
            let text = try self.problem(line) { root in
                _ = try root.value(String(key), expected: "something else") { (_: String) -> Int? in nil }
            }
            #expect(!text.contains("hunter2") && !text.contains("7654321"), "\(text)")
        }
    }

    @Test func `the problems of all array elements are shown together`() throws {
        let text = try self.problem(
            """
            [[model]]
            id = 1

            [[model]]
            id = "fine"

            [[model]]
            idd = "x"
            """
        ) { root in
            _ = try root.tables("model") { model in try model.string("id", default: "x") }
        }
        #expect(
            text == """
                worker.toml:2: model[1].id: found the integer 1, expected a string
                worker.toml:8: model[3].idd: found an unknown key, expected "id" (did you mean that?)
                """
        )
    }

    @Test func `the problems of several sections are collected`() throws {
        var root = try self.root("[a]\nx = 1\n[b]\ny = 2\n[c]\n")
        var problems = ConfigurationProblems()
        let first = try problems.collect {
            try root.table("a") { table in try table.string("x") }
        }
        let second = try problems.collect {
            try root.table("b") { table in try table.integer("y", in: 0...9) }
        }
        try problems.collect { try root.finish() }
        #expect(first == nil)
        #expect(second == 2)
        #expect(problems.error.problems.map(\.key) == ["a.x", "c"])
        #expect(problems.error.problems.map(\.line) == [2, 5])
    }

    @Test func `a relative path is relative to the file`() throws {
        var root = try self.root("a = \"models/x.gguf\"\nb = \"/models/x.gguf\"\nc = \"./x.gguf\"")
        #expect(try root.path("a") == "/etc/decentral/models/x.gguf")
        #expect(try root.path("b") == "/models/x.gguf")
        #expect(try root.optionalPath("c") == "/etc/decentral/x.gguf")
        #expect(try root.optionalPath("d") == nil)
        #expect(try root.path("e", default: "state") == "/etc/decentral/state")
        try root.finish()
    }

    @Test func `a table where a value belongs, and the reverse, are refused`() throws {
        #expect(
            try self.problem("[worker.name]\n") { root in
                var worker = try root.table("worker")
                _ = try worker.string("name")
            } == "worker.toml:1: worker.name: found a table, expected a string"
        )
        #expect(
            try self.problem("worker = 3") { root in _ = try root.table("worker") }
                == "worker.toml:1: worker: found the integer 3, expected a table, [worker]"
        )
        #expect(
            try self.problem("[model]\n") { root in _ = try root.tables("model") }
                == "worker.toml:1: model: found a table, expected an array of tables, [[model]]"
        )
    }

    @Test func `a syntax error has its line`() throws {
        let error = try #require(throws: ConfigurationError.self) { _ = try self.root("[worker]\nname = \n") }
        #expect(error.problems.first?.line == 2)
        #expect(error.description.contains("syntax error"))
    }

    @Test func `text after a NUL is not ignored without a word`() throws {
        #expect(throws: ConfigurationError.self) { _ = try self.root("a = 1\n\0b = 2\n") }
        #expect(throws: ConfigurationError.self) { _ = try self.root("a = \"x\\u0000y\"\n") }
    }

    @Test func `a missing file is named with the remedy`() throws {
        let error = try #require(throws: ConfigurationError.self) {
            _ = try ConfigurationFile(path: "/nowhere/worker.toml")
        }
        #expect(
            error.description == "/nowhere/worker.toml: found \"No such file or directory\" on opening it, "
                + "expected a configuration file there, or another one named with --config"
        )
        #expect(CommandError(error).code == .usage)
    }

    @Test func `a file of more than a mebibyte is refused, one of exactly that is read`() async throws {
        try await withTemporaryFolder { folder in
            let path = "\(folder)/worker.toml"
            let head = "name = \"x\"\n#"
            try write(head + String(repeating: "-", count: 1_048_576 - head.utf8.count), to: path)
            var root = try ConfigurationFile(path: path).root
            #expect(try root.string("name") == "x")
            try write(head + String(repeating: "-", count: 1_048_577 - head.utf8.count), to: path)
            #expect(throws: ConfigurationError.self) { _ = try ConfigurationFile(path: path) }
        }
    }
}
