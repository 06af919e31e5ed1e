import Backends
import Glibc
import Operations

/// Looks whether a supervised backend has what it needs: the program and the model's file.
struct ModelFileCheck: DoctorCheck {
    let backend: String
    let configuration: LlamaServerBackend.Configuration
    /// `$PATH`, where the program is looked for.
    let searchPath: String
    var name: String { "backend \(backend)" }

    func examine() async -> [DoctorFinding] {
        let (configuration, searchPath) = (configuration, searchPath)
        return await blocking { [program(of: configuration, in: searchPath), file(configuration.modelFile)] }
    }

    private func program(of configuration: LlamaServerBackend.Configuration, in searchPath: String) -> DoctorFinding {
        let program = configuration.command.first ?? ""
        let folders = program.contains("/") ? [""] : searchPath.split(separator: ":").map { "\($0)/" }
        if let folder = folders.first(where: { access($0 + program, X_OK) == 0 }) {
            return .ok(name, "command \(folder + program)")
        }
        return .fault(
            name,
            program.contains("/") ? "\(program) cannot be executed" : "\(program) is not in PATH (\(searchPath))",
            remedy: "install it, or name its full path in `command`"
        )
    }

    private func file(_ path: String) -> DoctorFinding {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            let reason = String(cString: strerror(errno))
            return .fault(name, "\(path) cannot be read: \(reason)", remedy: "download it, or correct `model_file`")
        }
        defer { close(descriptor) }
        guard let facts = FileFacts(descriptor: descriptor), facts.isRegularFile else {
            return .fault(name, "\(path) is not a file", remedy: "name a GGUF file in `model_file`")
        }
        let magic = withUnsafeTemporaryAllocation(byteCount: 4, alignment: 1) { buffer in
            Array(buffer.prefix(max(0, read(descriptor, buffer.baseAddress, 4))))
        }
        guard magic == Array("GGUF".utf8) else {
            return .fault(
                name,
                "\(path) is not a GGUF file (\(HumanText.bytes(facts.bytes)))",
                remedy: "download it again: a page that says \"not found\" is saved as easily as a model"
            )
        }
        return .ok(name, "\(path), \(HumanText.bytes(facts.bytes))")
    }
}
