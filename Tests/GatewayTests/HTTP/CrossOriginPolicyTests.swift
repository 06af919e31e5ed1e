import HTTPTypes
import Testing

@testable import Gateway

struct CrossOriginPolicyTests {
    private func preflight(_ origin: String?, method: HTTPRequest.Method = .options) -> HTTPRequest {
        var request = HTTPRequest(method: method, scheme: "http", authority: "gateway", path: "/v1/models")
        request.headerFields[.origin] = origin
        request.headerFields[.accessControlRequestMethod] = "GET"
        return request
    }

    @Test func `without origins nothing is said`() {
        let policy = CrossOriginPolicy(allowing: [])
        #expect(policy.headers(for: "https://app.example").isEmpty)
        #expect(policy.preflight(preflight("https://app.example"), methods: ["GET"]) == nil)
    }

    @Test func `an allowed page may read, another may not, and caches keep them apart`() {
        let policy = CrossOriginPolicy(allowing: ["https://app.example"])
        let allowed = policy.headers(for: "https://app.example")
        #expect(allowed[.accessControlAllowOrigin] == "https://app.example")
        #expect(allowed[.accessControlExposeHeaders]?.contains("x-decentral-settlement-tx") == true)
        #expect(allowed[.vary] == "Origin")
        for stranger in ["https://app.example.evil", "http://app.example", nil] {
            let headers = policy.headers(for: stranger)
            #expect(headers[.accessControlAllowOrigin] == nil)
            #expect(headers[.vary] == "Origin")
            #expect(policy.preflight(preflight(stranger), methods: ["GET"]) == nil)
        }
    }

    @Test func `any page may read where any is allowed`() {
        let policy = CrossOriginPolicy(allowing: ["*"])
        #expect(policy.headers(for: nil)[.accessControlAllowOrigin] == "*")
        #expect(policy.preflight(preflight("https://a.example"), methods: ["GET"]) != nil)
    }

    @Test func `a preflight names methods and headers, and only it does`() throws {
        let policy = CrossOriginPolicy(allowing: ["https://app.example"])
        let headers = try #require(policy.preflight(preflight("https://app.example"), methods: ["GET", "OPTIONS"]))
        #expect(headers[.accessControlAllowMethods] == "GET, OPTIONS")
        #expect(headers[.accessControlAllowHeaders] == "Authorization, *")
        #expect(headers[.accessControlAllowCredentials] == nil)
        #expect(policy.preflight(preflight("https://app.example", method: .get), methods: ["GET"]) == nil)
        var plain = preflight("https://app.example")
        plain.headerFields[.accessControlRequestMethod] = nil
        #expect(policy.preflight(plain, methods: ["GET"]) == nil)
    }

    @Test(arguments: ["*", "https://app.example", "http://localhost:3000", "https://xn--bcher-kva.example"])
    func `an origin is what a browser sends`(_ text: String) {
        #expect(CrossOriginPolicy.isOrigin(text))
    }

    @Test(arguments: [
        "", "app.example", "https://", "https://App.example", "https://a.example/", "https://a b.example", "null",
    ])
    func `what no browser sends is no origin`(_ text: String) {
        #expect(!CrossOriginPolicy.isOrigin(text))
    }
}
