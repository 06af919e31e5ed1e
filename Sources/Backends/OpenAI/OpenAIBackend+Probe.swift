import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import StrictJSON

extension OpenAIBackend {
    /// Asks the server in three steps, each of which some servers do not have.
    ///
    /// 1. `/health` beside the base path: 503 says that a model loads (llama.cpp); a server without it answers 404.
    /// 2. `{base}/models`: must be there, and takes the API key; vLLM gives each model's `max_model_len`.
    /// 3. `/props` of llama.cpp: slots, and the context of one slot.
    ///
    /// One that hangs (``StallWatch``) is also asked for one token, and is healthy again when that comes.
    package func probe() async -> BackendHealth {
        do {
            if try await get("\(configuration.endpoint.root)/health").status == .serviceUnavailable {
                return .starting("\(configuration.endpoint.display) is loading its model")
            }
            let models = try await get("\(configuration.endpoint.base)/models")
            guard models.status == .ok else {
                let error = BackendError(status: Int(models.status.code), body: models.body)
                return error.code == .unavailable
                    ? .starting("\(configuration.endpoint.display): \(error.message)")
                    : .unhealthy("\(configuration.endpoint.display): \(error.message)")
            }
            guard var health = BackendHealth(modelList: models.body) else {
                return .unhealthy("\(configuration.endpoint.display) does not list its models as OpenAI's API does")
            }
            if models.isLlamaCpp {
                let props = try await get("\(configuration.endpoint.root)/props")
                if props.status == .ok { health.add(llamaCppProperties: props.body) }
            }
            if isHanging, !restarts, let reason = await failureOfTrial() {
                return .unhealthy("\(configuration.endpoint.display) answers, but hangs: \(reason)")
            }
            return health
        } catch let error as BackendError {
            return .unhealthy("\(configuration.endpoint.display): \(error.message)")
        } catch {
            return .unhealthy("\(configuration.endpoint.display) was not asked: \(type(of: error))")
        }
    }

    /// Whether `/health` of a llama.cpp server says that it takes requests.
    func isHealthy() async -> Bool {
        let reply = try? await get("\(configuration.endpoint.root)/health")
        return reply?.status == .ok
    }

    /// Asks for one token; a reply ends the hang.
    ///
    /// - Returns: Why there was none, or `nil`.
    private func failureOfTrial() async -> String? {
        let body: JSONValue = [
            "model": .string(stalledModel), "messages": [["role": "user", "content": "Hi"]],
            "max_tokens": 1, "stream": true,
        ]
        let limit = Self.trialTimeout
        let timeouts = GenerationTimeouts(connect: limit, firstToken: limit, betweenTokens: limit, total: limit)
        do {
            _ = try await generate(GenerationRequest(body: body.encoded(), timeouts: timeouts)) { _ in }
            return nil
        } catch let error as BackendError {
            return error.message
        } catch {
            return "the trial was cancelled"
        }
    }

    /// A trial ends within this time; a server that is merely busy ends its other generations meanwhile.
    private static let trialTimeout = Duration.seconds(10)

    private struct Reply {
        var status: HTTPResponseStatus
        var isLlamaCpp: Bool
        var body: [UInt8]
    }

    /// Each question of a probe ends within this time.
    private static let probeTimeout = TimeAmount.seconds(3)

    /// A list of models is shorter; a longer reply is not one.
    private static let longestProbeReply = 1 << 20

    private func get(_ url: String) async throws -> Reply {
        do {
            return try await ask(url)
        } catch let error as BackendError where error.isClosedConnection {
            // The server closed a connection that had been idle; another says whether it is there.
            return try await ask(url)
        }
    }

    private func ask(_ url: String) async throws -> Reply {
        var request = HTTPClientRequest(url: url)
        request.headers = ["accept": "application/json"]
        authorize(&request.headers)
        do {
            let response = try await http.next().execute(request, timeout: Self.probeTimeout)
            return Reply(
                status: response.status,
                isLlamaCpp: response.headers.areOfLlamaCpp,
                body: Array(try await response.body.collect(upTo: Self.longestProbeReply).readableBytesView)
            )
        } catch is NIOTooManyBytesError {
            throw BackendError(.protocolViolation, "its reply is longer than \(Self.longestProbeReply) bytes")
        } catch {
            throw BackendError(transport: error)
        }
    }
}

extension BackendHealth {
    /// Reads a list of models; `nil` if it is none.
    ///
    /// Shape: `{"data":[{"id","max_model_len"?},…]}`.
    init?(modelList body: [UInt8]) {
        guard let list = (try? JSONValue(parsing: body))?["data"]?.arrayValue else { return nil }
        let models = list.compactMap { entry in
            entry["id"]?.stringValue.map { Model(id: $0, contextWindow: entry["max_model_len"]?.intValue) }
        }
        self.init(state: .healthy, models: models)
    }

    /// Reads llama.cpp's properties: `{"total_slots","default_generation_settings":{"n_ctx"}}`, where `n_ctx` is the
    /// context of one slot.
    mutating func add(llamaCppProperties body: [UInt8]) {
        guard let properties = try? JSONValue(parsing: body) else { return }
        slots = properties["total_slots"]?.intValue
        contextWindow = properties["default_generation_settings"]?["n_ctx"]?.intValue
    }
}
