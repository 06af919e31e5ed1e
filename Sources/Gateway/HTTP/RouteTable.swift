import HTTPTypes

/// Which methods each path of the API takes, as a value.
///
/// The router runs the handlers; this says beforehand whether there is one, so that every other method gets its 405
/// with `Allow`, and a preflight its answer.
struct RouteTable: Sendable {
    private struct Entry {
        /// `nil` stands for any one segment.
        var segments: [Substring?]
        var methods: Set<String>
    }

    /// Those with fewer open segments first: the router, too, prefers what stands in words.
    private var entries: [Entry] = []

    /// Takes routes as the router does: `{id}` stands for any one segment.
    init(_ routes: some Sequence<(method: HTTPRequest.Method, path: String)>) {
        var methods: [String: Set<String>] = [:]
        for route in routes { methods[route.path, default: []].insert(route.method.rawValue) }
        for (path, methods) in methods {
            let segments = path.split(separator: "/").map { $0.hasPrefix("{") ? nil : $0 }
            entries.append(Entry(segments: segments, methods: methods))
        }
        entries.sort { $0.segments.count { $0 == nil } < $1.segments.count { $0 == nil } }
    }

    /// What a path takes, sorted; `nil` if there is no such path.
    ///
    /// What can be got can be had without its body (`HEAD`), and anything can be asked what it takes (`OPTIONS`).
    /// Source: RFC 9110, sections 9.1 and 9.3.7.
    func methods(at path: String) -> [String]? {
        let segments = path.split(separator: "/")
        let entry = entries.first { entry in
            entry.segments.count == segments.count
                && zip(entry.segments, segments).allSatisfy { $0 == nil || $0 == $1 }
        }
        guard var methods = entry?.methods else { return nil }
        methods.insert("OPTIONS")
        if methods.contains("GET") { methods.insert("HEAD") }
        return methods.sorted()
    }
}
