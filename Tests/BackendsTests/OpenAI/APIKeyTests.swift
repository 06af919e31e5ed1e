import FoundationEssentials
import Testing

@testable import Backends

@Suite struct APIKeyTests {
    @Test func `a key is read without the blanks around it`() async throws {
        try await withTemporaryDirectory { directory in
            let path = try file("  sk-123\n", in: directory)
            #expect(try APIKey(file: path).secret == "sk-123")
        }
    }

    @Test(arguments: [0o640, 0o604, 0o660, 0o601])
    func `a key that others can reach is refused`(mode: Int) async throws {
        try await withTemporaryDirectory { directory in
            let path = try file("sk-123", in: directory, mode: mode)
            let error = await expectSettingError { _ = try APIKey(file: path) }
            #expect(error?.description.contains("0600") == true)
        }
    }

    @Test(arguments: ["", "\n", "two keys", "sk-\u{e9}", "sk\u{1}", String(repeating: "k", count: 5000)])
    func `what is no key is refused and not quoted`(content: String) async throws {
        try await withTemporaryDirectory { directory in
            let path = try file(content, in: directory)
            let error = await expectSettingError { _ = try APIKey(file: path) }
            if content.count > 3 { #expect(error?.description.contains(content) == false) }
        }
    }

    @Test func `a missing file and a directory are refused`() async throws {
        try await withTemporaryDirectory { directory in
            await expectSettingError { _ = try APIKey(file: "\(directory)/none") }
            await expectSettingError { _ = try APIKey(file: directory) }
        }
    }

    @Test func `a key does not show in any description`() {
        let key = APIKey(secret: "hush")
        let holder = Holder(key: key)
        #expect(!"\(key) \(String(reflecting: key)) \(holder)".contains("hush"))
        var dumped = ""
        dump(holder, to: &dumped)
        #expect(!dumped.contains("hush"))
    }

    private struct Holder {
        var key: APIKey
    }

    private func file(_ content: String, in directory: String, mode: Int = 0o600) throws -> String {
        let path = "\(directory)/key"
        try content.write(toFile: path, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
        return path
    }
}
