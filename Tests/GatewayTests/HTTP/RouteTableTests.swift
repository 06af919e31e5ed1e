import HTTPTypes
import Testing

@testable import Gateway

struct RouteTableTests {
    private let table = RouteTable([
        (.get, "/v1/jobs"), (.post, "/v1/keys"), (.get, "/v1/keys"), (.delete, "/v1/keys/{id}"),
        (.get, "/v1/jobs/{id}"), (.post, "/v1/jobs/latest"), (.get, "/v1/jobs/{id}/receipt"),
    ])

    @Test(arguments: [
        ("/v1/keys", ["GET", "HEAD", "OPTIONS", "POST"]),
        ("/v1/keys/", ["GET", "HEAD", "OPTIONS", "POST"]),
        ("/v1/keys/a", ["DELETE", "OPTIONS"]),
        ("/v1/jobs/job_1", ["GET", "HEAD", "OPTIONS"]),
        ("/v1/jobs/latest", ["OPTIONS", "POST"]),
        ("/v1/jobs/job_1/receipt", ["GET", "HEAD", "OPTIONS"]),
    ])
    func `a path takes what its routes take, and HEAD and OPTIONS`(_ path: String, _ methods: [String]) {
        #expect(table.methods(at: path) == methods)
    }

    @Test(arguments: ["/", "/v1", "/v1/job", "/v1/jobs/1/2", "/v1/jobs/1/receipt/2", "/v1/keys/a/b"])
    func `another path is none`(_ path: String) {
        #expect(table.methods(at: path) == nil)
    }
}
