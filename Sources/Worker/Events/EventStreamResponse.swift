import Hummingbird
import NIOCore
import Operations
import ServiceLifecycle

extension Response {
    /// The events of a hub as server-sent events, until the reader hangs up or the daemon ends.
    ///
    /// Shape: `event: NAME`, `data: JSON`, an empty line.
    static func events(of hub: EventHub, for connection: ConnectionInfo) -> Response {
        Response(
            status: .ok,
            headers: [.contentType: "text/event-stream", .cacheControl: "no-store"],
            body: ResponseBody { writer in
                try await writer.write(ByteBuffer(string: ": decentral-worker\n\n"))
                let served: Void? = try await hub.listen { events, end in
                    try await connection.hangUp.notifying(end) {
                        try await withGracefulShutdownHandler {
                            for await event in events {
                                let data = String(decoding: try LocalJSON.encode(event), as: UTF8.self)
                                let text = "event: \(event.event.rawValue)\ndata: \(data)\n\n"
                                try await writer.write(ByteBuffer(string: text))
                            }
                        } onGracefulShutdown: {
                            end()
                        }
                    }
                }
                if served == nil {
                    let text =
                        "event: refused\ndata: {\"message\":\"\(EventHub.listenerLimit) others listen already\"}\n\n"
                    try await writer.write(ByteBuffer(string: text))
                }
                try await writer.finish(nil)
            }
        )
    }
}
