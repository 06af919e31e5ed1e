import Backends
import Foundation
import Logging
import Operations
import SQLiteStore
import Signing
import Testing
import WorkerStore

@testable import Worker

/// The state directory and what is in it.
struct StateCheckTests {
    // MARK: Directory

    private let check = StateDirectoryCheck(path: "/state")

    private func facts(mode: mode_t = 0o750, owner: uid_t = 7, isDirectory: Bool = true) -> FileFacts {
        FileFacts(isDirectory: isDirectory, mode: mode, owner: owner)
    }

    @Test func `a directory that is its owner's alone is well`() {
        let finding = check.verdict(on: facts(), contents: [("lock", facts(owner: 7))], user: 7)
        #expect(finding.result == .ok)
        #expect(finding.detail == "/state is this user's, mode 750")
    }

    @Test func `what is missing, open to others or another user's is told with the command that mends it`() {
        #expect(check.verdict(on: nil, contents: [], user: 7).result == .fault)
        #expect(check.verdict(on: facts(isDirectory: false), contents: [], user: 7).result == .fault)
        #expect(check.verdict(on: facts(mode: 0o777), contents: [], user: 7).remedy == "chmod 0750 /state")
        #expect(check.verdict(on: facts(mode: 0o550), contents: [], user: 7).result == .fault)
        #expect(check.verdict(on: facts(mode: 0o755), contents: [], user: 7).result == .warning)
        let stranger = check.verdict(on: facts(), contents: [("worker.sqlite", facts(owner: 0))], user: 7)
        #expect(stranger.result == .fault)
        #expect(stranger.detail.contains("/state/worker.sqlite belongs to the user 0"))
    }

    // MARK: Identity

    private func identityCheck(_ daemon: DaemonView, directory: String = "/state") throws -> IdentityCheck {
        let text = "[worker]\nstate_directory = \"\(directory)\"\n"
        let configuration = try WorkerConfiguration(ConfigurationFile(text: text, path: "/etc/worker.toml"))
        return IdentityCheck(section: configuration.worker, credentialsDirectory: nil, daemon: daemon)
    }

    @Test func `an identity that can be read is told by its address`() async throws {
        try await withFolder { directory in
            let identity = try IdentityFile.create(path: directory + "/identity.json")
            let finding = try await identityCheck(.down, directory: directory).examine()[0]
            #expect(finding.result == .ok)
            #expect(finding.detail.contains(identity.address.description))
        }
    }

    @Test func `an identity that others can read is a fault`() async throws {
        try await withFolder { directory in
            let path = directory + "/identity.json"
            _ = try IdentityFile.create(path: path)
            try #require(chmod(path, 0o644) == 0)
            let finding = try await identityCheck(.down, directory: directory).examine()[0]
            #expect(finding.result == .fault)
            #expect(finding.remedy == "chmod 0600 \(path)")
        }
    }

    @Test func `a damaged identity is a fault, a missing one a warning`() async throws {
        try await withFolder { directory in
            let check = try identityCheck(.down, directory: directory)
            #expect(await check.examine()[0].result == .warning)
            try Data("[1, 2".utf8).write(to: URL(fileURLWithPath: directory + "/identity.json"))
            try #require(chmod(directory + "/identity.json", 0o600) == 0)
            #expect(await check.examine()[0].result == .fault)
        }
    }

    @Test func `the daemon's own address wins over a file that cannot be read`() throws {
        let check = try identityCheck(.running(.sample()))
        #expect(check.verdict(on: .success(nil)).result == .ok)
        #expect(check.verdict(on: .success(Identity.generate().address)).result == .warning)
    }

    // MARK: Database

    @Test func `a database that is whole is told with its jobs, and a damaged one is a fault`() async throws {
        try await withFolder { directory in
            let path = directory + "/worker.sqlite"
            #expect(await DatabaseCheck(path: path).examine()[0].result == .warning)
            let store = try WorkerStore(
                path: path,
                startedAt: 0,
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            )
            await store.shutDown()
            let whole = await DatabaseCheck(path: path).examine()
            #expect(whole.map(\.result) == [.ok])
            #expect(whole[0].detail == "\(path) is whole: 0 jobs")
            // The header stays, so it is still one of ours; the pages after it are gone.
            let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
            try file.seek(toOffset: 4_096)
            try file.write(contentsOf: Data(repeating: 0xAA, count: 16_384))
            try file.close()
            #expect(await DatabaseCheck(path: path).examine().map(\.result) == [.fault])
        }
    }

    @Test(arguments: [
        (StoreError.Code.missing, DoctorFinding.Result.warning), (.olderVersion, .warning), (.newerVersion, .fault),
        (.damaged, .fault), (.permission, .fault), (.wrongDatabase, .fault), (.inputOutput, .fault),
    ])
    func `a database that does not open has a remedy`(code: StoreError.Code, result: DoctorFinding.Result) {
        let finding = DatabaseCheck(path: "/x").verdict(on: StoreError(code, "why"))
        #expect(finding.result == result)
        #expect(finding.remedy != nil)
    }

    // MARK: Model file

    private func files(_ directory: String, program: String) async throws -> [DoctorFinding.Result] {
        let configuration = try LlamaServerBackend.Configuration(
            command: [program],
            modelFile: directory + "/model.gguf"
        )
        let check = ModelFileCheck(backend: "llama", configuration: configuration, searchPath: "/nowhere:/bin")
        return await check.examine().map(\.result)
    }

    @Test func `program and model file of a supervised backend must be there, and be what they should`() async throws {
        try await withFolder { directory in
            let model = URL(fileURLWithPath: directory + "/model.gguf")
            #expect(try await files(directory, program: "sh") == [.ok, .fault])
            try Data("<html>not found</html>".utf8).write(to: model)
            #expect(try await files(directory, program: "sh") == [.ok, .fault])
            try Data("GGUF and more".utf8).write(to: model)
            #expect(try await files(directory, program: "sh") == [.ok, .ok])
            #expect(try await files(directory, program: "no-such-server") == [.fault, .ok])
            #expect(try await files(directory, program: "/no/such/server") == [.fault, .ok])
        }
    }
}

/// A folder that goes away.
private func withFolder(_ body: (String) async throws -> Void) async throws {
    let directory = try TemporaryDirectory()
    try await body(directory.path)
    withExtendedLifetime(directory) {}
}
