package import InferenceAPI

/// One request to a backend.
package struct GenerationRequest: Sendable {
    /// The JSON body as the backend shall see it: its model name, `stream` true, usage asked for.
    package var body: [UInt8]

    /// What the body is for.
    package var route: BackendRoute

    /// How many choices the body asks for; the stream is over when each has its finish reason.
    package var choiceCount: Int

    /// How many prompts share the choices.
    package var promptCount: Int

    /// How many values the vectors must have, if the caller said.
    package var dimensions: Int?

    /// How long each phase may take.
    package var timeouts: GenerationTimeouts

    package init(
        body: [UInt8],
        route: BackendRoute = .chatCompletions,
        choiceCount: Int = 1,
        promptCount: Int = 1,
        dimensions: Int? = nil,
        timeouts: GenerationTimeouts = GenerationTimeouts()
    ) {
        precondition(choiceCount >= 1, "a request has at least one choice, not \(choiceCount)")
        self.body = body
        self.route = route
        self.choiceCount = choiceCount
        self.promptCount = promptCount
        self.dimensions = dimensions
        self.timeouts = timeouts
    }
}

/// How long each phase of a request may take; past it the request fails with ``BackendError/Code/timeout``.
package struct GenerationTimeouts: Sendable, Equatable {
    /// Until the connection stands and the request's head is sent.
    package var connect: Duration

    /// From then to the first delta with text: the wait in the backend's queue and the reading of the prompt.
    package var firstToken: Duration

    /// Between two deltas with text.
    ///
    /// Comments that keep the connection alive do not count, because a backend that hangs sends them too. Time that we
    /// spend delivering does not count either.
    package var betweenTokens: Duration

    /// The whole request.
    package var total: Duration

    package init(
        connect: Duration = .seconds(5),
        firstToken: Duration = .seconds(90),
        betweenTokens: Duration = .seconds(30),
        total: Duration = .seconds(120)
    ) {
        self.connect = connect
        self.firstToken = firstToken
        self.betweenTokens = betweenTokens
        self.total = total
    }
}
