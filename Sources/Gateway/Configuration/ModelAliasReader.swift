import Operations

/// Reads `[[model_alias]]`, each with regard to the catalogue and to those before it.
struct ModelAliasReader {
    private let catalogue: ModelCatalogue
    /// Models of the file itself; a launch model of the same id gives way to an alias, one of the operator's does not.
    private let ownModels: Set<String>
    private var ids: Set<String> = []
    private var successors: Set<String> = []

    init(models: [CatalogueModel]) {
        catalogue = ModelCatalogue(adding: models)
        ownModels = Set(models.map(\.id))
    }

    mutating func read(_ table: inout ConfigurationTable) throws -> ModelAlias {
        // id: string, at most 128 bytes, unique: the superseded id; one of the built-in catalogue is taken out of it.
        let id = try table.string("id")
        guard id.utf8.count <= 128 else { throw table.error("id", expected: "at most 128 bytes") }
        guard !ownModels.contains(id) else { throw table.error("id", expected: "an id that no [[model]] has") }
        guard !successors.contains(id) else {
            throw table.error("id", expected: "an id that is not the model of another [[model_alias]]")
        }
        guard ids.insert(id).inserted else { throw table.error("id", expected: "an id that no other alias has") }
        // model: string, the id of a model in the catalogue: what took its place.
        let model = try table.string("model")
        guard catalogue[model] != nil, !ids.contains(model) else {
            throw table.error("model", expected: "the id of a model in the catalogue, itself no alias")
        }
        successors.insert(model)
        // retires: string, a day in UTC as "2027-01-31": the first on which the id is not taken any more.
        return try table.value("retires", expected: "a day in UTC as \"2027-01-31\"") {
            ModelAlias(id: id, model: model, retires: $0)
        }
    }
}
