import WorkerProtocol

// What a worker asks a network.
extension NetworkConnection {
    /// Asks for a page of the network's record of this worker, and waits for it.
    ///
    /// - Throws: ``QuestionFailure``.
    func recordPage(
        timeout: Duration,
        _ makeRequest: (UInt64) -> WireRecordRequest
    ) async throws -> WireRecordPage {
        try await recordQuestion.ask(timeout: timeout) { number in
            let request = makeRequest(number)
            return announcedLink?.post(.make { $0.recordRequest = request }) ?? false
        }
    }

    /// Has the network send this worker a test job, and waits for how it went.
    ///
    /// - Throws: ``QuestionFailure/busy`` while another test runs.
    func runSelfTest(model: String) async throws -> SelfTestReport {
        try await selfTest.perform(model: model, network: configuration.name) { number in
            announcedLink?.post(
                .make {
                    $0.selfTestRequest.request = number
                    $0.selfTestRequest.model = model
                }
            ) ?? false
        }
    }
}
