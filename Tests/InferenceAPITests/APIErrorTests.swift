import InferenceAPI
import StrictJSON
import Testing

@Suite struct APIErrorTests {
    @Test func `a body has the shape of the reference`() {
        let error = APIError.insufficientCredits(balance: 4, tier: "Standard", required: 8)
        #expect(
            String(decoding: error.body, as: UTF8.self) == """
                {"error":{"code":"insufficient_credits","message":"Your credit balance (4 credits) is insufficient \
                for the Standard tier (8 credits required).","type":"payment_error","param":null,\
                "docs":"https://docs.usedecentral.org/api-reference/errors#insufficient_credits"}}
                """
        )
    }

    @Test func `a busy network says when to come back`() throws {
        let error = APIError.noWorkersAvailable(model: "qwen3-8b", retryAfter: 12)
        #expect(try JSONValue(parsing: error.body)["error"]?["retry_after"] == 12)
        #expect(error.status == 503)
        #expect(error.shouldRetry == true)
        #expect(APIError.networkAtCapacity(model: "qwen3-8b", retryAfter: 61).shouldRetry == nil)
        #expect(APIError.shuttingDown().shouldRetry == true)
    }

    @Test func `a job that would run again for nothing is not tried again`() {
        #expect(APIError.jobTimeout().shouldRetry == false)
        #expect(APIError.invalidProof().shouldRetry == false)
        #expect(APIError.idempotencyConflict().shouldRetry == false)
        #expect(APIError.idempotencyReplay(jobID: "job_x").shouldRetry == false)
        #expect(APIError.workerFailed().shouldRetry == nil)
        #expect(APIError.missingParameter("model").shouldRetry == nil)
    }

    @Test(
        arguments: [
            (
                400, "invalid_request_error",
                [
                    "invalid_json", "missing_parameter", "invalid_parameter", "unknown_parameter",
                    "unsupported_feature", "context_length_exceeded", "malformed_request",
                ]
            ),
            (
                401, "authentication_error",
                ["missing_api_key", "invalid_api_key", "expired_api_key", "invalid_signature"]
            ),
            (402, "payment_error", ["insufficient_credits", "spending_cap_reached"]),
            (403, "permission_error", ["model_not_allowed", "operation_not_allowed"]),
            (
                404, "not_found_error",
                ["model_not_found", "job_not_found", "key_not_found", "webhook_not_found", "route_not_found"]
            ),
            (405, "invalid_request_error", ["method_not_allowed"]),
            (409, "conflict_error", ["idempotency_conflict", "idempotency_replay"]),
            (413, "invalid_request_error", ["request_too_large"]),
            (415, "invalid_request_error", ["unsupported_media_type"]),
            (500, "server_error", ["internal_error"]),
            (502, "worker_error", ["worker_failed", "invalid_proof"]),
            (503, "capacity_error", ["no_workers_available", "network_at_capacity", "shutting_down"]),
            (504, "timeout_error", ["job_timeout"]),
        ] as [(Int, String, [String])]
    )
    func `each code has the status and type of the reference`(status: Int, type: String, codes: [String]) {
        let ofStatus = APIError.Code.allCases.filter { $0.status == status }
        #expect(ofStatus.map(\.rawValue).sorted() == codes.sorted())
        #expect(ofStatus.allSatisfy { $0.type == type })
    }
}
