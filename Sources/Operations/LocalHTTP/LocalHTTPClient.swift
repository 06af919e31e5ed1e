package import AsyncHTTPClient
package import Foundation
import Glibc
import NIOCore
import NIOFoundationCompat
import NIOHTTP1

/// A command line's way to the daemon: HTTP over its Unix socket.
package struct LocalHTTPClient: Sendable {
    /// The longest answer that is read, in bytes.
    private static let answerLimit = 16_777_216

    /// The socket's absolute path.
    package let socket: String
    /// What the socket belongs to, for messages: `decentral-worker`.
    private let daemon: String
    private let timeout: Duration
    private let client: HTTPClient

    /// Makes a client; nothing is opened before the first request.
    ///
    /// `timeout` is for a whole request: a daemon answers from memory or its database.
    package init(socket: String, daemon: String, timeout: Duration = .seconds(30), client: HTTPClient = .shared) {
        self.socket = socket
        self.daemon = daemon
        self.timeout = timeout
        self.client = client
    }

    /// Whether somebody listens on the socket: what a command asks that can also do without the daemon.
    ///
    /// - Throws: ``ExitStatus/unreachable`` if it cannot be told, above all for want of permission.
    package func isDaemonUp() throws(CommandError) -> Bool {
        do {
            close(try UnixSocket.connect(to: self.socket, type: SOCK_STREAM))
            return true
        } catch {
            let refusal = LocalSocketRefusal(socket: self.socket, daemon: self.daemon, error: error)
            guard refusal.isForWantOfListener else { throw refusal.commandError }
            return false
        }
    }

    /// Asks for `path`, for example `/v1/jobs?limit=20`, and decodes the answer.
    ///
    /// - Throws: A ``CommandError``: ``ExitStatus/unreachable`` if the daemon cannot be reached, with the reason and a
    ///   remedy; ``ExitStatus/failed`` with the daemon's own words if it refuses.
    package func get<Answer: Decodable>(_ path: String, as type: Answer.Type = Answer.self) async throws -> Answer {
        try self.decode(try await self.send(.GET, path, body: nil), path)
    }

    /// Like ``get(_:as:)``, but hands over the answer's bytes, for `--json`.
    package func getData(_ path: String) async throws -> Data {
        try await self.send(.GET, path, body: nil)
    }

    /// Sends a request that changes something, and decodes the answer.
    package func post<Answer: Decodable>(
        _ path: String,
        _ body: (any Encodable & Sendable)? = nil,
        as type: Answer.Type = Answer.self
    ) async throws -> Answer {
        try self.decode(try await self.send(.POST, path, body: try body.map { try LocalJSON.encode($0) }), path)
    }

    /// Sends a request that changes something and whose answer does not matter.
    package func post(_ path: String, _ body: (any Encodable & Sendable)? = nil) async throws {
        _ = try await self.send(.POST, path, body: try body.map { try LocalJSON.encode($0) })
    }

    private func decode<Answer: Decodable>(_ data: Data, _ path: String) throws -> Answer {
        do {
            return try LocalJSON.decode(from: data)
        } catch {
            throw CommandError(
                .failed,
                "\(self.daemon) answered \(path) in a form that this version does not know",
                hint: "daemon and command line should be of one version: restart the daemon after an upgrade",
                cause: error
            )
        }
    }

    private func send(_ method: HTTPMethod, _ path: String, body: Data?) async throws -> Data {
        try self.checkReachable()
        let host = self.socket.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
        var request = HTTPClientRequest(url: "http+unix://\(host)\(path)")
        request.method = method
        if let body {
            request.headers.add(name: "content-type", value: "application/json")
            request.body = .bytes(ByteBuffer(bytes: body))
        }
        do {
            let response = try await self.client.execute(
                request,
                deadline: .now() + .nanoseconds(self.timeout.nanoseconds)
            )
            let answer = try await response.body.collect(upTo: Self.answerLimit)
            let data = Data(buffer: answer)
            guard (200..<300).contains(response.status.code) else { throw self.refusal(response.status, data) }
            return data
        } catch let error as CommandError {
            throw error
        } catch {
            throw CommandError(
                .unreachable,
                "\(self.daemon) did not answer on \(self.socket): \(error)",
                hint: "see its log: journalctl -u \(self.daemon)",
                cause: error
            )
        }
    }

    /// Tells at once, and exactly, why nobody answers; the HTTP client would try again until its deadline.
    private func checkReachable() throws(CommandError) {
        do {
            close(try UnixSocket.connect(to: self.socket, type: SOCK_STREAM))
        } catch {
            throw LocalSocketRefusal(socket: self.socket, daemon: self.daemon, error: error).commandError
        }
    }

    private func refusal(_ status: HTTPResponseStatus, _ data: Data) -> CommandError {
        guard let body = try? LocalJSON.decode(LocalAPIErrorBody.self, from: data) else {
            return CommandError(.failed, "\(self.daemon) answered with status \(status.code)")
        }
        let isUsage = body.error.code == LocalAPIError.invalidConfiguration
        return CommandError(isUsage ? .usage : .failed, body.error.message, hint: body.error.hint)
    }
}
