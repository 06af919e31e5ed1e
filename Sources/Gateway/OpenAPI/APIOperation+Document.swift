import InferenceAPI
import StrictJSON

extension APIOperation {
    /// The operation as the document shows it under its path and method.
    var value: JSONValue {
        var object: JSONObject = [
            "operationId": .string(id), "summary": .string(summary), "tags": [.string(tag.rawValue)],
            "security": access.security,
            "parameters": .array((parameters + [.requestID]).map(\.value)),
        ]
        if let details { object.append("description", .string(details)) }
        if let body {
            object.append(
                "requestBody",
                ["required": true, "content": ["application/json": ["schema": body.value]]]
            )
        }
        object.append("responses", .object(responses))
        return .object(object)
    }

    private var responses: JSONObject {
        var responses = JSONObject()
        for answer in answers { responses.append("\(answer.status)", response(answer)) }
        let byStatus = Dictionary(grouping: allErrors, by: \.status)
        for (status, codes) in byStatus.sorted(by: { $0.key < $1.key }) {
            let answer = ErrorAnswer(status: status, codes: codes)
            // A route can tell of trouble in an answer of its own, as readiness does.
            if responses["\(status)"] == nil { responses.append("\(status)", answer.value) }
        }
        return responses
    }

    private func response(_ answer: APIAnswer) -> JSONValue {
        let always: [APIHeader] = access == .anybody ? [.requestID] : [.requestID, .creditsRemaining]
        var response: JSONObject = [
            "description": .string(answer.description),
            "headers": .object(JSONObject((always + answer.headers).map { ($0.rawValue, $0.reference) })),
        ]
        if !answer.content.isEmpty {
            response.append(
                "content",
                .object(JSONObject(answer.content.map { ($0.type, ["schema": $0.schema.value]) }))
            )
        }
        if !answer.links.isEmpty {
            response.append("links", .object(JSONObject(answer.links.map { ($0.name, $0.value) })))
        }
        return .object(response)
    }
}

extension APIParameter {
    static let requestID = APIParameter(
        name: "x-request-id",
        place: .header,
        schema: .string(),
        description: "Names the request in the logs of gateway and worker; made up unless it is 1 to 128 visible ASCII "
            + "characters."
    )
}
