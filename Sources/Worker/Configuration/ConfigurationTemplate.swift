/// The `worker.toml` that `decentral-worker init` writes.
///
/// What the options say stands in it; what they leave open is there too, with an example that is marked CHANGE, so
/// that editing the file is filling it in. `worker.toml.example` explains every key.
package struct ConfigurationTemplate: Sendable {
    package var name: String
    package var stateDirectory: String
    package var socket: String
    package var networkURL: String?
    package var backendURL: String?
    package var model: String?

    package init(
        name: String,
        stateDirectory: String,
        socket: String,
        networkURL: String?,
        backendURL: String?,
        model: String?
    ) {
        self.name = name
        self.stateDirectory = stateDirectory
        self.socket = socket
        self.networkURL = networkURL
        self.backendURL = backendURL
        self.model = model
    }

    /// Whether nothing in it must be changed.
    package var isComplete: Bool { networkURL != nil && backendURL != nil && model != nil }

    package var text: String {
        """
        # Configuration of decentral-worker. worker.toml.example in its sources explains every key;
        # `decentral-worker config check` tells what is wrong. Relative paths are relative to this file.

        [worker]
        name = \(Self.quoted(name))
        state_directory = \(Self.quoted(stateDirectory))
        # payout_address = "…"                      # base58; default: the worker's own address

        [status]
        socket = \(Self.quoted(socket))

        # Where jobs come from. Repeat the section for more networks.
        [[network]]
        name = "main"
        \(line("url", networkURL, example: "https://gateway.example:7443"))
        # gateway_address = "…"                     # refuse any other gateway

        # What runs the models: any OpenAI-compatible server that is running already.
        [[backend]]
        name = "backend"
        kind = "openai"
        \(line("url", backendURL, example: "http://127.0.0.1:8000/v1"))

        # Or a llama-server that the worker starts and watches:
        # [[backend]]
        # name = "llama"
        # kind = "llama-server"
        # command = ["llama-server"]
        # model_file = "/models/model.gguf"

        [[model]]
        \(line("id", model, example: "qwen3-8b"))
        backend = "backend"
        # upstream_model = "…"                      # what the backend calls it; default: id
        max_concurrent_jobs = 1
        context_window = 8192

        """
    }

    private func line(_ key: String, _ value: String?, example: String) -> String {
        guard let value else { return "\(key) = \(Self.quoted(example))  # CHANGE" }
        return "\(key) = \(Self.quoted(value))"
    }

    /// A TOML basic string.
    private static func quoted(_ text: String) -> String {
        var out = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": out += "\\\""
            case "\\": out += "\\\\"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F:
                let digits = String(scalar.value, radix: 16)
                out += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out + "\""
    }
}
