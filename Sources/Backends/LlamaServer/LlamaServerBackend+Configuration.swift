extension LlamaServerBackend {
    /// What the configuration says of a supervised server, and how patient the supervision is.
    package struct Configuration: Sendable, Equatable {
        /// The program and what goes before our arguments, such as `["llama-server"]`.
        ///
        /// It must be the server itself or end in `exec`: the signal that ends it when the worker is killed reaches
        /// this process alone.
        package var command: [String]

        /// The GGUF file, as `--model`.
        package var modelFile: String

        /// More arguments of the operator's, checked by ``LlamaServerArguments``.
        package var arguments: [String]

        /// Requests at once, as `--parallel`, unless the arguments say it; `nil` leaves it to the server.
        package var slots: Int?

        /// Tokens of one slot; `--ctx-size` is this times the slots, which share it, unless the arguments say it.
        package var contextWindow: Int?

        /// How long a start may take until `/health` says yes: a large model on a slow disk takes minutes.
        package var startTimeout: Duration = .seconds(900)

        /// How long each SIGTERM may take before the next step; SIGKILL follows the last.
        ///
        /// llama.cpp waits for its streams after the first SIGTERM and ends at the second.
        package var stopWaits: [Duration] = [.seconds(3), .seconds(3)]

        /// When a server that ended is started again.
        package var restart = LlamaServerSupervision.Policy()

        /// - Throws: ``SettingError`` of `command`, `model_file` or `arguments`.
        package init(
            command: [String],
            modelFile: String,
            arguments: [String] = [],
            slots: Int? = nil,
            contextWindow: Int? = nil
        ) throws(SettingError) {
            guard let program = command.first, !program.isEmpty else {
                throw SettingError("command", found: "nothing", expected: "a program such as llama-server")
            }
            guard !modelFile.isEmpty else {
                throw SettingError("model_file", found: "nothing", expected: "the path of a GGUF file")
            }
            try LlamaServerArguments.check(command: command)
            try LlamaServerArguments.check(arguments)
            self.command = command
            self.modelFile = modelFile
            self.arguments = arguments
            self.slots = slots
            self.contextWindow = contextWindow
        }

        /// The whole command line, with the server listening on a Unix socket.
        func commandLine(socket: String) -> [String] {
            var line = command + arguments + ["--model", modelFile, "--host", socket]
            let slots = slots ?? 1
            if self.slots != nil, !LlamaServerArguments.setParallel(arguments) {
                line += ["--parallel", "\(slots)"]
            }
            if let contextWindow, !LlamaServerArguments.setContextSize(arguments) {
                // "`-c` is divided among the slots": each gets the whole window.
                let (total, overflow) = contextWindow.multipliedReportingOverflow(by: slots)
                line += ["--ctx-size", "\(overflow ? Int.max : total)"]
            }
            return line
        }
    }
}
