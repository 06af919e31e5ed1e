import GatewayStore
import InferenceAPI
import Signing
import Testing
import Webhooks

@testable import Gateway

struct WebhookRequestTests {
    private func request(_ body: String) throws -> WebhookRequest {
        WebhookRequest(body: try CheckedObject.parse(Array(body.utf8)), allowsInside: false)
    }

    private let wallet = Identity.generate().address

    @Test func `a webhook has what was asked for, and the defaults`() throws {
        let body = #"{"url":"https://example.com/x","events":["job.completed","credit.low"]}"#
        let new = try request(body).new(for: wallet, at: 7)
        #expect(new.url.text == "https://example.com/x")
        #expect(new.events == [.jobCompleted, .creditLow])
        #expect(new.creditLowThreshold == 100 && new.createdAt == 7 && new.wallet == wallet)
        let other = try request(body).new(for: wallet, at: 7)
        #expect(other.secret != new.secret)
    }

    @Test func `a secret of the caller's is taken`() throws {
        let secret = WebhookSecret.make()
        let body = #"{"url":"https://a.example","events":["job.failed"],"secret":"\#(secret.text)"}"#
        #expect(try request(body).new(for: wallet, at: 0).secret == secret)
    }

    @Test(arguments: [
        (#"{"events":["job.failed"]}"#, "url"), (#"{"url":"https://a.example"}"#, "events"),
        (#"{"url":null,"events":["job.failed"]}"#, "url"),
        (#"{"url":"http://a.example","events":["job.failed"]}"#, "url"),
        (#"{"url":"https://localhost","events":["job.failed"]}"#, "url"),
        (#"{"url":"https://10.0.0.1","events":["job.failed"]}"#, "url"),
        (#"{"url":7,"events":["job.failed"]}"#, "url"),
        (#"{"url":"https://a.example","events":[]}"#, "events"),
        (#"{"url":"https://a.example","events":"job.failed"}"#, "events"),
        (#"{"url":"https://a.example","events":["job.failed","job.lost"]}"#, "events.[1]"),
        (#"{"url":"https://a.example","events":["webhook.test"]}"#, "events.[0]"),
        (#"{"url":"https://a.example","events":["job.failed","job.failed"]}"#, "events.[1]"),
        (#"{"url":"https://a.example","events":["job.failed"],"secret":"short"}"#, "secret"),
        (#"{"url":"https://a.example","events":["job.failed"],"credit_low_threshold":0}"#, "credit_low_threshold"),
        (#"{"url":"https://a.example","events":["job.failed"],"credit_low_threshold":1.5}"#, "credit_low_threshold"),
    ])
    func `what is wrong is named`(body: String, param: String) throws {
        let error = #expect(throws: APIError.self) { try request(body).new(for: wallet, at: 0) }
        #expect(error?.param == param && error?.status == 400)
    }

    @Test func `a change may name anything or nothing`() throws {
        let nothing = try request("{}").change()
        #expect(nothing.url == nil && nothing.events == nil && nothing.status == nil)
        #expect(nothing.creditLowThreshold == nil)
        let change = try request(#"{"status":"disabled","credit_low_threshold":5}"#).change()
        #expect(change.status == .disabled && change.creditLowThreshold == 5)
        let error = #expect(throws: APIError.self) { try request(#"{"status":"paused"}"#).change() }
        #expect(error?.param == "status")
    }
}
