/// Which arguments an operator may give to a supervised llama-server.
enum LlamaServerArguments {
    /// Why an argument is refused.
    private enum Reason: String {
        case logsPrompts = "it can write prompts to the log; the worker keeps them in memory only"
        case storesPrompts = "it writes prompts to disk; the worker keeps them in memory only"
        case socket = "the worker gives the server a socket of its own"
        case model = "model_file names the model"
        case access = "the server's socket is the worker's alone and needs no key, certificate or prefix"
        case reachesOut = "requests come from strangers, and it opens files, programs or other machines to them"
        case changes = "nothing may change the server while it runs"
        case leaves = "it sends what prompts become to another machine"
        case ends = "the server would print something and end"
    }

    private static let refused: [String: Reason] = {
        let groups: [(Reason, [String])] = [
            (
                .logsPrompts,
                ["-v", "--verbose", "--log-verbose", "-lv", "--verbosity", "--log-verbosity", "--log-prompts-dir"]
            ),
            (
                .storesPrompts,
                [
                    "--log-file", "--slot-save-path", "--prompt-cache", "--prompt-cache-all", "--lookup-cache-dynamic",
                    "-lcd",
                ]
            ),
            (.socket, ["--host", "--port", "--reuse-port"]),
            (
                .model,
                [
                    "-m", "--model", "-mu", "--model-url", "-hf", "-hfr", "--hf-repo", "-hff", "--hf-file", "-dr",
                    "--docker-repo", "--models-dir", "--models-preset", "--models-max", "--models-autoload",
                ]
            ),
            (.access, ["--api-key", "--api-key-file", "--ssl-key-file", "--ssl-cert-file", "--api-prefix"]),
            (
                .reachesOut,
                [
                    "--tools", "--tools-runtime", "--mcp-servers-config", "--mcp-servers-json", "-ag", "--agent",
                    "--ui-mcp-proxy", "--webui-mcp-proxy", "--media-path",
                ]
            ),
            (.changes, ["--props"]),
            (.leaves, ["--rpc"]),
            (
                .ends,
                ["-cl", "--cache-list", "-h", "--help", "--usage", "--version", "--list-devices", "--completion-bash"]
            ),
        ]
        var table: [String: Reason] = [:]
        for (reason, names) in groups {
            for name in names { table[name] = reason }
        }
        return table
    }()

    /// Refuses arguments that would put prompts where they must not be, or that the worker sets itself.
    ///
    /// - Throws: ``SettingError`` of `arguments`: which one, and why.
    static func check(_ arguments: [String]) throws(SettingError) {
        for argument in arguments {
            let name = name(of: argument)
            guard let reason = refused[name] else { continue }
            throw SettingError("arguments", found: name, expected: "none of that: \(reason.rawValue)")
        }
    }

    /// Looks only for what could store or log prompts: the rest of a command line may belong to a wrapper, whose `-m`
    /// or `-v` means something else.
    static func check(command: [String]) throws(SettingError) {
        for argument in command.dropFirst() where argument.hasPrefix("--") {
            let name = name(of: argument)
            guard let reason = refused[name], reason == .logsPrompts || reason == .storesPrompts else { continue }
            throw SettingError("command", found: name, expected: "none of that: \(reason.rawValue)")
        }
    }

    static func setParallel(_ arguments: [String]) -> Bool {
        arguments.contains { ["-np", "--parallel"].contains(name(of: $0)) }
    }

    static func setContextSize(_ arguments: [String]) -> Bool {
        arguments.contains { ["-c", "--ctx-size"].contains(name(of: $0)) }
    }

    /// The environment of the server: ours without what sets its arguments or is meant for the worker alone.
    ///
    /// llama.cpp reads `LLAMA_ARG_*` and `LLAMA_LOG_*` as if they were arguments, past the check of those; systemd's
    /// variables would let the server speak in the worker's name.
    static func environment(from environment: [String: String]) -> [String: String] {
        environment.filter { name, _ in
            !["LLAMA_ARG_", "LLAMA_LOG_", "LISTEN_", "WATCHDOG_"].contains { name.hasPrefix($0) }
                && !["LLAMA_API_KEY", "NOTIFY_SOCKET", "CREDENTIALS_DIRECTORY", "MAINPID"].contains(name)
        }
    }

    /// `--name=value` and `--name` are the same name; llama.cpp takes underscores for hyphens.
    private static func name(of argument: String) -> String {
        let name = argument.prefix { $0 != "=" }
        guard name.hasPrefix("--") else { return String(name) }
        return String(name.map { $0 == "_" ? "-" : $0 })
    }
}
