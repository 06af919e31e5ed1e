extension JSONValue {
    /// Reads one JSON text (RFC 8259), and nothing around it but white space.
    ///
    /// Strict: UTF-8 is validated, a key that comes twice is refused, and so is a byte order mark. A lone
    /// surrogate escape (`\ud800`) becomes U+FFFD, since no UTF-8 text can hold it.
    ///
    /// - Throws: ``JSONError``; its offset counts from the start of `bytes`.
    package init(parsing bytes: some Sequence<UInt8>, limits: JSONLimits = .standard) throws(JSONError) {
        // `withContiguousStorageIfAvailable` throws untyped: the result carries the type through it.
        let parsed = bytes.withContiguousStorageIfAvailable { JSONParser.parse($0, limits: limits) }
        if let parsed {
            self = try parsed.get()
        } else {
            self = try Array(bytes).withUnsafeBufferPointer { JSONParser.parse($0, limits: limits) }.get()
        }
    }
}
