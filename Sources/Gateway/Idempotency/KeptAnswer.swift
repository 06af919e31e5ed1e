import HTTPTypes
import Hummingbird

/// A plain answer of status 200 as it was given, so that it can be given again; in memory only.
struct KeptAnswer: Sendable, Equatable {
    var headers: HTTPFields
    /// JSON text.
    var body: [UInt8]

    /// What it takes up, in bytes, about.
    var size: Int { body.count + 1_024 }

    var response: Response { .json(body, adding: headers) }

    /// The answer for whoever asked again; a header says that nothing was run or charged for it.
    var replayed: KeptAnswer {
        var copy = self
        copy.headers[.idempotentReplayed] = "true"
        return copy
    }

    /// What a caller is answered with.
    enum Given: Sendable {
        case plain(KeptAnswer)
        /// A stream, which cannot be given again.
        case stream(Response)

        var response: Response {
            switch self {
            case .plain(let answer): answer.response
            case .stream(let response): response
            }
        }
    }
}
