import Hummingbird
import InferenceAPI
import StrictJSON

/// The query of a list: `limit`, `after` and what the list can be filtered by.
struct ListQuery: Sendable {
    /// 1 to 100.
    let limit: Int
    /// The last id of the page before.
    let after: String?
    private let filters: [String: String]

    /// Reads a query.
    ///
    /// - Throws: ``APIError``: 400 for a parameter that is unknown, repeated or out of range.
    init(_ request: Request, filters known: Set<String> = []) throws(APIError) {
        var values: [String: String] = [:]
        for (name, value) in request.uri.queryParameters {
            let name = String(name)
            guard known.contains(name) || name == "limit" || name == "after" else {
                throw name.utf8.count <= 64 && name.allSatisfy({ $0.isASCII && ($0.isLetter || $0 == "_") })
                    ? .unknownParameter(name) : APIError(.unknownParameter, "Unknown parameter.")
            }
            guard values.updateValue(String(value), forKey: name) == nil else {
                throw .invalidParameter(name, expected: "one value")
            }
        }
        limit = try Self.limit(values["limit"])
        after = values["after"]
        filters = values
    }

    subscript(filter: String) -> String? { filters[filter] }

    private static func limit(_ text: String?) throws(APIError) -> Int {
        guard let text else { return 20 }
        guard let limit = Int(text), (1...100).contains(limit) else {
            throw .invalidParameter("limit", expected: "an integer from 1 to 100")
        }
        return limit
    }

    /// The answer: `rows` has one more than the limit if there are more to come.
    func page<Row>(_ rows: [Row], id: (Row) -> String, _ render: (Row) -> JSONValue) -> JSONValue {
        let shown = rows.prefix(limit)
        return [
            "object": "list",
            "data": .array(shown.map(render)),
            "has_more": .bool(rows.count > limit),
            "first_id": .optional(shown.first.map(id)),
            "last_id": .optional(shown.last.map(id)),
        ]
    }
}
