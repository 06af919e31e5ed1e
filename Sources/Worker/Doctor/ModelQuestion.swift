import Backends
import InferenceAPI
import StrictJSON

/// A request of our own to a backend, built as a job's is.
enum ModelQuestion {
    /// Makes the request.
    ///
    /// - Parameters:
    ///   - model: What the backend calls the model.
    ///   - prompt: What is asked.
    ///   - outputTokens: The limit.
    ///   - timeouts: How long each phase may take.
    /// - Returns: A streamed request with usage asked for, at temperature 0.
    /// - Throws: ``APIError`` if a job could not ask so either.
    static func request(
        model: String,
        prompt: String,
        outputTokens: Int,
        timeouts: GenerationTimeouts
    ) throws(APIError) -> GenerationRequest {
        let body = JSONValue.object([
            "model": .string(model),
            "messages": [["role": "user", "content": .string(prompt)]],
            "max_tokens": .integer(outputTokens),
            "temperature": .integer(0),
        ])
        let request = try InferenceRequest.parse(body.encoded(), as: .chatCompletions)
        return GenerationRequest(
            body: request.upstreamBody(model: model, maxOutputTokens: outputTokens),
            timeouts: timeouts
        )
    }
}
