import InferenceAPI
import StrictJSON
import Testing

@testable import Gateway

struct OpenAPIDocumentTests {
    private static let operations: [APIOperation] =
        RequestKind.allCases.map(APIOperation.asking) + [
            .listModels, .getModel, .listJobs, .getJob, .getReceipt, .getCredits, .listTransactions,
            .createKey, .listKeys, .revokeKey, .createWebhook, .listWebhooks, .getWebhook,
            .changeWebhook, .deleteWebhook, .testWebhook, .listDeliveries, .redeliver, .beginSignIn, .finishSignIn,
            .getHealth, .getReadiness, .getDescription,
        ]

    private static let document = OpenAPIDocument(
        operations: operations,
        server: "https://api.example",
        version: "1"
    ).value

    @Test func `operations are told apart by their ids and by their places`() {
        #expect(Set(Self.operations.map(\.id)).count == Self.operations.count)
        #expect(Set(Self.operations.map { "\($0.method) \($0.path)" }).count == Self.operations.count)
    }

    @Test(arguments: operations)
    func `every parameter of a path is described, and no other`(operation: APIOperation) {
        let named = operation.path.split(separator: "/").filter { $0.hasPrefix("{") }.map { $0.dropFirst().dropLast() }
        let described = operation.parameters.filter { $0.place == .path }.map(\.name)
        #expect(named.map(String.init) == described)
    }

    @Test func `every reference leads to a component, and every component is referred to`() throws {
        var references: Set<String> = []
        Self.collect(from: Self.document, into: &references)
        let components = try #require(Self.document["components"]?.objectValue)
        var known: Set<String> = []
        for (kind, entries) in components.members where kind != "securitySchemes" {
            for (name, _) in entries.objectValue?.members ?? [] { known.insert("#/components/\(kind)/\(name)") }
        }
        #expect(references.subtracting(known).isEmpty)
        #expect(known.subtracting(references).isEmpty)
    }

    @Test func `every way to show who asks is one that the document explains`() throws {
        let schemes = try #require(Self.document["components"]?["securitySchemes"]?.objectValue).members.map(\.key)
        for access in [APIOperation.Access.anybody, .caller, .wallet] {
            for choice in access.security.arrayValue ?? [] {
                #expect(choice.objectValue?.members.allSatisfy { schemes.contains($0.key) } == true)
            }
        }
    }

    private static func collect(from value: JSONValue, into references: inout Set<String>) {
        switch value {
        case .object(let object):
            if let reference = object["$ref"]?.stringValue { references.insert(reference) }
            for member in object.members { collect(from: member.value, into: &references) }
        case .array(let elements):
            for element in elements { collect(from: element, into: &references) }
        default: break
        }
    }
}
