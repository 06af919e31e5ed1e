import Testing

@testable import Operations

struct ConfigurationDifferenceTests {
    private func differences(_ old: String, _ new: String) throws -> [String] {
        try ConfigurationDifference.all(
            from: ConfigurationFile(text: old, path: "a.toml"),
            to: ConfigurationFile(text: new, path: "a.toml")
        ).map(\.description)
    }

    private let file = """
        [worker]
        name = "rig"
        [[model]]
        id = "one"
        slots = 8
        [[model]]
        id = "two"
        slots = 2
        """

    @Test func `comments, order and spelling are no difference`() throws {
        let same = """
            # Said otherwise.
            model = [{ slots = 0x2, id = "two" }, { id = 'one', slots = 8 }]
            worker.name = "rig"
            """
        #expect(try differences(file, same) == [])
    }

    @Test func `a changed key is told with both values`() throws {
        #expect(try differences(file, file + "\nname = \"new\"") == ["model two: name default → \"new\""])
        let fewer = file.replacing("slots = 8", with: "features = [\"tools\", \"logprobs\"]")
        #expect(
            try differences(file, fewer) == [
                "model one: features default → [\"tools\", \"logprobs\"]", "model one: slots 8 → default",
            ]
        )
    }

    @Test func `sections come and go by name`() throws {
        let other = file.replacing("id = \"one\"", with: "id = \"three\"")
        #expect(try differences(file, other) == ["model one: removed", "model three: added"])
        #expect(try differences(file, file + "\n[log]\nlevel = \"debug\"") == ["log: level default → \"debug\""])
    }

    @Test func `what may be secret is not shown, numbers are`() throws {
        #expect(try differences("[a]\napi_key = \"old\"", "[a]\napi_key = \"new\"") == ["a: api_key changed"])
        #expect(try differences("[a]\nurl = \"http://u:p@h\"", "[a]\nurl = \"http://h\"") == ["a: url changed"])
        #expect(try differences("[a]\ntoken_budget = 1", "[a]\ntoken_budget = 2") == ["a: token_budget 1 → 2"])
    }
}
