import Foundation
import Signing
import StrictJSON
import Testing

@Suite struct IdentityFileTests {
    private func write(_ text: String, _ path: String, mode: Int = 0o600) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        try setMode(path, mode)
    }

    private func setMode(_ path: String, _ mode: Int) throws {
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    }

    private func mode(of path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }

    private func error(of body: () throws -> Identity) throws -> SigningError {
        try #require(throws: SigningError.self, performing: body)
    }

    @Test(arguments: Vectors.solana.list("keys"))
    func `a file of solana-keygen is read`(vector: JSONValue) throws {
        try withTemporaryDirectory { (directory) throws in
            let path = directory + "/identity.json"
            try write(vector.text("file"), path)
            let identity = try IdentityFile.load(path: path)
            #expect(identity.address.description == vector.text("address"))
            let seed = try Vectors.bytes(vector, "seed")
            #expect(try identity.sign([1]) == Identity(seed: seed).sign([1]))
        }
    }

    @Test(arguments: Vectors.solana.list("key_files_invalid"))
    func `a file that is no key is refused`(text: JSONValue) throws {
        try withTemporaryDirectory { (directory) throws in
            let path = directory + "/identity.json"
            try write(text.stringValue ?? "", path)
            let error = try error { try IdentityFile.load(path: path) }
            #expect(error.code == .fileMalformed)
            #expect(error.message.hasPrefix(path))
        }
    }

    @Test func `what a careless reader would take is refused`() throws {
        let sound = Vectors.solana.list("keys")[0].text("file")
        let texts = [
            "", " ", "{}", "null", "[", "]", sound + "x", sound + sound, String(sound.dropLast()), "x" + sound,
            sound.replacingOccurrences(of: "[", with: "[0"), sound.replacingOccurrences(of: "[", with: "[-"),
            sound.replacingOccurrences(of: "[", with: "[\""), sound.replacingOccurrences(of: "[", with: "[1e"),
            sound.replacingOccurrences(of: "]", with: ",]"), sound.replacingOccurrences(of: ",", with: " "),
            sound.replacingOccurrences(of: "[", with: "[[,"), String(repeating: " ", count: 5_000) + sound,
        ]
        try withTemporaryDirectory { (directory) throws in
            let path = directory + "/identity.json"
            for text in texts {
                try write(text, path)
                #expect(try error { try IdentityFile.load(path: path) }.code == .fileMalformed)
            }
            for length in 0..<sound.utf8.count {
                try write(String(sound.prefix(length)), path)
                #expect(try error { try IdentityFile.load(path: path) }.code == .fileMalformed)
            }
            try write(" [\n\t" + sound.dropFirst().replacingOccurrences(of: ",", with: " ,\r\n ") + "\n", path)
            #expect(
                try IdentityFile.load(path: path).address.description == Vectors.solana.list("keys")[0].text("address")
            )
        }
    }

    @Test func `no message of a refused file holds a number of it`() throws {
        try withTemporaryDirectory { (directory) throws in
            let path = directory + "/identity.json"
            try write("[141,133,11,777,63]", path)
            let message = try error { try IdentityFile.load(path: path) }.message.replacingOccurrences(
                of: path,
                with: ""
            )
            #expect(message.contains("element 4"))
            for number in ["141", "133", "777"] {
                #expect(!message.contains(number))
            }
        }
    }

    @Test(arguments: [0o640, 0o604, 0o644, 0o660, 0o610, 0o601, 0o666, 0o777])
    func `a file that others can use is refused with its remedy`(mode: Int) throws {
        try withTemporaryDirectory { (directory) throws in
            let path = directory + "/identity.json"
            try write(Vectors.solana.list("keys")[0].text("file"), path, mode: mode)
            let error = try error { try IdentityFile.load(path: path) }
            #expect(error.code == .filePermissions)
            #expect(error.message.contains("mode 0\(String(mode, radix: 8))"))
            #expect(error.message.contains("chmod 600 \(path)"))
        }
    }

    @Test(arguments: [0o600, 0o400, 0o700])
    func `a file of its owner's alone is read`(mode: Int) throws {
        try withTemporaryDirectory { (directory) throws in
            let path = directory + "/identity.json"
            try write(Vectors.solana.list("keys")[0].text("file"), path, mode: mode)
            #expect(
                try IdentityFile.load(path: path).address.description == Vectors.solana.list("keys")[0].text("address")
            )
        }
    }

    @Test(arguments: [0o400, 0o440, 0o600])
    func `a credential of systemd's is read`(mode: Int) throws {
        try withTemporaryDirectory { (directory) throws in
            let path = directory + "/identity.json"
            try write(Vectors.solana.list("keys")[0].text("file"), path, mode: mode)
            #expect(
                try IdentityFile.loadCredential(path: path).address.description
                    == Vectors.solana.list("keys")[0].text("address")
            )
        }
    }

    @Test(arguments: [0o444, 0o460, 0o404, 0o644, 0o450])
    func `a credential that more than the service can use is refused`(mode: Int) throws {
        try withTemporaryDirectory { (directory) throws in
            let path = directory + "/identity.json"
            try write(Vectors.solana.list("keys")[0].text("file"), path, mode: mode)
            #expect(try error { try IdentityFile.loadCredential(path: path) }.code == .filePermissions)
        }
    }

    @Test func `a link is judged by the file behind it`() throws {
        try withTemporaryDirectory { (directory) throws in
            let path = directory + "/identity.json"
            let link = directory + "/link.json"
            try write(Vectors.solana.list("keys")[0].text("file"), path)
            try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: path)
            #expect(
                try IdentityFile.load(path: link).address.description == Vectors.solana.list("keys")[0].text("address")
            )
            try setMode(path, 0o644)
            #expect(try error { try IdentityFile.load(path: link) }.code == .filePermissions)
        }
    }

    @Test func `what is not a file is refused at once`() throws {
        try withTemporaryDirectory { (directory) throws in
            #expect(try error { try IdentityFile.load(path: directory + "/none.json") }.code == .fileMissing)
            #expect(try error { try IdentityFile.load(path: directory) }.code == .fileInaccessible)
            let pipe = directory + "/pipe"
            #expect(mkfifo(pipe, 0o600) == 0)
            #expect(try error { try IdentityFile.load(path: pipe) }.code == .fileInaccessible)
        }
    }

    @Test func `a new identity is on disk for its owner alone`() throws {
        try withTemporaryDirectory { (directory) throws in
            let path = directory + "/identity.json"
            let identity = try IdentityFile.create(path: path)
            #expect(try mode(of: path) == 0o600)
            #expect(try IdentityFile.load(path: path).address == identity.address)
            #expect(try FileManager.default.contentsOfDirectory(atPath: directory) == ["identity.json"])
            // The text is what solana-keygen reads: a JSON array of 64 numbers that ends in the public key.
            let numbers = try JSONValue(parsing: Data(contentsOf: URL(fileURLWithPath: path))).arrayValue ?? []
            #expect(numbers.count == 64)
            #expect(numbers.suffix(32).compactMap(\.intValue).map { UInt8($0) } == identity.address.bytes)
        }
    }

    @Test func `an existing file is never replaced`() throws {
        try withTemporaryDirectory { (directory) throws in
            let path = directory + "/identity.json"
            let identity = try IdentityFile.create(path: path)
            let error = try error { try IdentityFile.create(path: path) }
            #expect(error.code == .fileExists)
            #expect(try IdentityFile.load(path: path).address == identity.address)
            let dangling = directory + "/dangling.json"
            try FileManager.default.createSymbolicLink(atPath: dangling, withDestinationPath: directory + "/nowhere")
            #expect(try self.error { try IdentityFile.create(path: dangling) }.code == .fileExists)
            #expect(try FileManager.default.contentsOfDirectory(atPath: directory).count == 2)
        }
    }

    @Test func `a directory that is not there is named`() throws {
        try withTemporaryDirectory { (directory) throws in
            let error = try error { try IdentityFile.create(path: directory + "/none/identity.json") }
            #expect(error.code == .fileInaccessible)
            #expect(error.message.contains(directory + "/none/identity.json"))
        }
    }
}
