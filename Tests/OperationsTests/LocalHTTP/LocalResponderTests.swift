import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOEmbedded
import Testing

@testable import Operations

struct LocalResponderTests {
    private let operators = OperatorGroup(name: "operators", id: 900)

    private func peer(user: UInt32, group: UInt32 = 100, groups: [UInt32] = []) -> PeerCredentials {
        PeerCredentials(processID: 1, userID: user, groupID: group, groups: groups)
    }

    @Test func `root, the own user and members of the operator group write, others do not`() {
        let writers = LocalWriters(ownUser: 500, operatorGroup: 900)
        #expect(writers.include(self.peer(user: 0)))
        #expect(writers.include(self.peer(user: 500)))
        #expect(writers.include(self.peer(user: 501, group: 900)))
        #expect(writers.include(self.peer(user: 501, groups: [4, 900])))
        #expect(!writers.include(self.peer(user: 501, groups: [4, 901])))
        #expect(!writers.include(nil))
        #expect(!LocalWriters(ownUser: 500, operatorGroup: nil).include(self.peer(user: 501, groups: [900])))
    }

    @Test func `who may only read gets an answer to GET and a refusal to POST`() async throws {
        let router = Router(context: LocalRequestContext.self)
        router.get("/v1/status") { _, context in "\(context.canWrite)" }
        router.post("/v1/pause") { _, _ -> String in
            Issue.record("the write reached its route")
            return ""
        }
        let responder = LocalResponder(
            routes: router.buildResponder(),
            writers: LocalWriters(ownUser: 500, operatorGroup: self.operators.id),
            operatorGroup: self.operators.name
        )
        let info = ConnectionInfo(peer: self.peer(user: 501))
        await ConnectionInfo.with(info) {
            let context = LocalRequestContext(
                source: ApplicationRequestContextSource(
                    channel: EmbeddedChannel(),
                    logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
                )
            )
            await #expect(throws: Never.self) {
                let read = try await responder.respond(to: self.request(.get, "/v1/status"), context: context)
                #expect(read.status == .ok)
                for method in [HTTPRequest.Method.post, .put, .delete, .patch] {
                    let write = try await responder.respond(to: self.request(method, "/v1/pause"), context: context)
                    #expect(write.status == .forbidden)
                }
            }
        }
    }

    private func request(_ method: HTTPRequest.Method, _ path: String) -> Request {
        Request(
            head: HTTPRequest(method: method, scheme: "http", authority: "localhost", path: path),
            body: RequestBody(buffer: ByteBuffer())
        )
    }
}
