import GatewayStore
import InferenceAPI
import Receipts
import Signing
import StrictJSON
import Synchronization
import WorkerProtocol

// A worker's test of itself: a job like any other, but free, for this worker alone, and in nobody's figures.

extension JobCoordinator {
    /// The output that a test asks for at most, in tokens.
    private static let testTokens = 16

    /// Makes a job of the gateway's own for the worker, and sends the result when it is over.
    func selfTest(_ request: WireSelfTestRequest, of worker: Address) {
        do throws(SelfTestFailure) {
            let job = try beginTest(of: request.model, on: worker, at: .now)
            background.add {
                let result = await self.result(of: job)
                self.state.withLock { $0.selfTests.ended(worker) }
                self.hub.post(.selfTestResult(result, of: request), to: worker, bytes: 1024)
            }
        } catch {
            hub.post(.selfTestResult(.make { $0.message = error.message }, of: request), to: worker, bytes: 1024)
        }
    }

    /// Why there was no job, for the worker's operator.
    private struct SelfTestFailure: Error {
        var message: String
    }

    private func beginTest(
        of model: String,
        on worker: Address,
        at now: ContinuousClock.Instant
    ) throws(SelfTestFailure) -> Job {
        guard !hub.isDraining else { throw SelfTestFailure(message: "the gateway is shutting down; try again later") }
        guard let catalogued = catalogue[model] else {
            throw SelfTestFailure(message: "this network's catalogue has no model '\(model)'")
        }
        do throws(SelfTestGate.Refusal) {
            let refusal = state.withLock { state -> SelfTestGate.Refusal? in
                do throws(SelfTestGate.Refusal) {
                    try state.selfTests.began(worker, at: now)
                    return nil
                } catch {
                    return error
                }
            }
            if let refusal { throw refusal }
        } catch {
            switch error {
            case .running: throw SelfTestFailure(message: "a test of this worker is running; wait for its result")
            case .tooSoon: throw SelfTestFailure(message: "a worker may be tested once in 10 s; try again in a moment")
            }
        }
        do throws(SelfTestFailure) {
            return try offerTest(of: catalogued, on: worker)
        } catch {
            state.withLock { $0.selfTests.ended(worker) }
            throw error
        }
    }

    private func offerTest(of model: CatalogueModel, on address: Address) throws(SelfTestFailure) -> Job {
        let worker: LiveWorker
        do throws(WorkerRegistry.Unavailable) {
            worker = try hub.reserve(model.id, on: address)
        } catch {
            throw SelfTestFailure(
                message: error == .atCapacity
                    ? "every slot of '\(model.id)' has a job; the worker is at work"
                    : "the worker does not offer '\(model.id)' now: it is not announced, not healthy, or the worker is paused"
            )
        }
        let body = Self.testBody(model: model.id)
        do {
            let job = try begin(
                Submission(
                    request: try InferenceRequest.parse(body, as: .chatCompletions),
                    body: body,
                    wallet: identity.address,
                    key: nil,
                    requestID: "selftest"
                ),
                model,
                .free,
                maxOutputTokens: Self.testTokens,
                isTest: true
            )
            offer(job, to: worker)
            return job
        } catch {
            release(model.id, on: worker)
            throw SelfTestFailure(message: "the gateway cannot make a test job now: \(error)")
        }
    }

    private static func testBody(model: String) -> [UInt8] {
        JSONValue.object([
            "model": .string(model),
            "messages": [["role": "user", "content": "Reply with one word: ready"]],
            "max_tokens": .integer(testTokens),
        ]).encoded()
    }

    /// Waits for the end of a test; the job's own deadline bounds the wait.
    private func result(of job: Job) async -> WireSelfTestResult {
        while true {
            guard case .completed(let completion) = await job.next() else { continue }
            return .make {
                $0.jobID = job.id.description
                $0.timeToFirstTokenMs = UInt32(clamping: job.claim?.timeFromOfferToFirstToken ?? 0)
                switch completion {
                case .settled(let paid):
                    $0.passed = true
                    $0.completionTokens = UInt32(clamping: paid.usage.completionTokens)
                case .failed(let error):
                    $0.message = job.trouble ?? error.message
                }
            }
        }
    }
}

extension WireNetworkMessage {
    fileprivate static func selfTestResult(
        _ result: WireSelfTestResult,
        of request: WireSelfTestRequest
    ) -> WireNetworkMessage {
        .make {
            $0.selfTestResult = result
            $0.selfTestResult.request = request.request
        }
    }
}
