import InferenceAPI
import Operations
import Testing

@testable import Gateway

@Suite struct ModelCatalogueTests {
    private let retirement: Int64
    private let catalogue: ModelCatalogue

    init() throws {
        retirement = try #require(RFC3339.milliseconds(ofDay: "2027-01-31"))
        let alias = try #require(ModelAlias(id: "llama-3.1-8b", model: "llama-3.2-3b", retires: "2027-01-31"))
        catalogue = ModelCatalogue(aliases: [alias])
    }

    @Test func `an alias means its model until the day of its retirement begins`() throws {
        let found = try catalogue.model(named: "llama-3.1-8b", atMilliseconds: retirement - 1)
        #expect(found.id == "llama-3.2-3b")
        #expect(catalogue.aliases(of: "llama-3.2-3b", atMilliseconds: retirement - 1).map(\.id) == ["llama-3.1-8b"])
        #expect(throws: APIError.modelRetired("llama-3.1-8b", on: "2027-01-31", successor: "llama-3.2-3b")) {
            try catalogue.model(named: "llama-3.1-8b", atMilliseconds: retirement)
        }
        #expect(catalogue.aliases(of: "llama-3.2-3b", atMilliseconds: retirement).isEmpty)
    }

    @Test func `the error of a retired id is one of an unknown model and names the successor`() {
        let error = APIError.modelRetired("old", on: "2027-01-31", successor: "new")
        #expect(error.status == 404)
        #expect(error.code == .modelNotFound)
        #expect(error.message.contains("'new'"))
        #expect(error.message.contains("2027-01-31"))
    }

    @Test func `an alias takes the place of a launch model with its id`() throws {
        let alias = try #require(ModelAlias(id: "qwen3-8b", model: "qwen3-14b", retires: "2027-01-31"))
        let catalogue = ModelCatalogue(aliases: [alias])
        #expect(catalogue["qwen3-8b"] == nil)
        #expect(!catalogue.all.contains { $0.id == "qwen3-8b" })
        #expect(try catalogue.model(named: "qwen3-8b", atMilliseconds: 0).id == "qwen3-14b")
    }

    @Test func `a key for either id may use the model, also after the alias is retired`() throws {
        let model = try #require(catalogue["llama-3.2-3b"])
        #expect(catalogue.isAllowed(model, by: ["llama-3.2-3b"]))
        #expect(catalogue.isAllowed(model, by: ["qwen3-8b", "llama-3.1-8b"]))
        #expect(!catalogue.isAllowed(model, by: ["qwen3-8b"]))
        #expect(!catalogue.isAllowed(model, by: []))
    }

    @Test(arguments: ["2027-02-30", "2027-1-31", "31.01.2027", "2027-01-31T00:00:00Z", ""])
    func `what is no day of the calendar is no retirement date`(text: String) {
        #expect(ModelAlias(id: "old", model: "new", retires: text) == nil)
    }
}
