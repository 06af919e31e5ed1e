// JSON text: a strict reader, a fast writer and the canonical form of RFC 8785.
