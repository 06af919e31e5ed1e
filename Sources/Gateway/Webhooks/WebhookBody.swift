import GatewayStore
import Operations
import StrictJSON
import Webhooks

/// The bodies of webhooks' messages: `{"type","timestamp","data"}`, with the API's own objects.
///
/// A job's is that of `GET /v1/jobs/{id}`, an account's that of `GET /v1/credits`: neither holds a prompt or an output.
enum WebhookBody {
    static func render(_ message: WebhookMessage) -> [UInt8] {
        let data =
            switch message.subject {
            case .job(let job): JobsRoutes.object(job)
            case .account(let account): CreditsRoutes.object(wallet: account.wallet, account.balance)
            }
        return JSONValue.object([
            "type": .string(message.event.rawValue),
            "timestamp": .string(RFC3339.text(milliseconds: message.at)),
            "data": data,
        ]).encoded()
    }
}
