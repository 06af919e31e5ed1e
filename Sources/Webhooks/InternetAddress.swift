import Glibc

/// An IPv4 or IPv6 address, and whether it is one of the open Internet.
///
/// A webhook's URL is a stranger's: without this, the gateway could be made to ask its own neighbours, such as a cloud's
/// metadata service. Source of the ranges: IANA's IPv4 and IPv6 Special-Purpose Address Registries.
package struct InternetAddress: Sendable, Equatable {
    /// 4 or 16, in network order.
    package let bytes: [UInt8]

    /// Takes 4 or 16 bytes; `nil` for another number.
    package init?(bytes: [UInt8]) {
        guard bytes.count == 4 || bytes.count == 16 else { return nil }
        self.bytes = bytes
    }

    /// Reads the usual text, without a zone and without brackets; `nil` if it is none.
    package init?(_ text: String) {
        var four = in_addr()
        var sixteen = in6_addr()
        if inet_pton(AF_INET, text, &four) == 1 {
            bytes = withUnsafeBytes(of: &four) { Array($0) }
        } else if inet_pton(AF_INET6, text, &sixteen) == 1 {
            bytes = withUnsafeBytes(of: &sixteen) { Array($0) }
        } else {
            return nil
        }
    }

    /// Whether it reaches anybody on the Internet and nobody inside.
    package var isPublic: Bool {
        if bytes.count == 4 { return !Self.insideIPv4.contains { $0.contains(bytes) } }
        // An IPv4 address in another dress is judged as what it reaches.
        for prefix in Self.carriesIPv4 where prefix.range.contains(bytes) {
            return InternetAddress(bytes: Array(bytes[prefix.offset..<prefix.offset + 4]))?.isPublic ?? false
        }
        // Only 2000::/3 is given out to anybody (RFC 4291, section 4).
        return Self.globalUnicast.contains(bytes) && !Self.insideIPv6.contains { $0.contains(bytes) }
    }

    /// All addresses with the same first bits.
    private struct Range: Sendable {
        let first: [UInt8]
        let bits: Int

        init(_ text: String, _ bits: Int) {
            guard let address = InternetAddress(text) else { preconditionFailure("\(text) is no address") }
            first = address.bytes
            self.bits = bits
        }

        func contains(_ bytes: [UInt8]) -> Bool {
            guard bytes.count == first.count else { return false }
            let whole = bits / 8
            guard bytes.prefix(whole) == first.prefix(whole) else { return false }
            guard !bits.isMultiple(of: 8) else { return true }
            let mask = UInt8(truncatingIfNeeded: 0xFF00 >> (bits % 8))
            return bytes[whole] & mask == first[whole] & mask
        }
    }

    private static let insideIPv4 = [
        Range("0.0.0.0", 8),  // "this network"
        Range("10.0.0.0", 8),  // private
        Range("100.64.0.0", 10),  // shared by a provider's customers; also a cloud's metadata
        Range("127.0.0.0", 8),  // loopback
        Range("169.254.0.0", 16),  // link-local; metadata services
        Range("172.16.0.0", 12),  // private
        Range("192.0.0.0", 24),  // protocol assignments
        Range("192.0.2.0", 24),  // documentation
        Range("192.88.99.0", 24),  // 6to4 relays
        Range("192.168.0.0", 16),  // private
        Range("198.18.0.0", 15),  // benchmarks
        Range("198.51.100.0", 24),  // documentation
        Range("203.0.113.0", 24),  // documentation
        Range("224.0.0.0", 4),  // multicast
        Range("240.0.0.0", 4),  // reserved, and broadcast
    ]

    private static let globalUnicast = Range("2000::", 3)

    private static let insideIPv6 = [
        Range("2001::", 23),  // protocol assignments, Teredo
        Range("2001:db8::", 32),  // documentation
        Range("3fff::", 20),  // documentation
    ]

    /// Ranges whose addresses hold an IPv4 address, and where.
    private static let carriesIPv4: [(range: Range, offset: Int)] = [
        (Range("::ffff:0:0", 96), 12),  // mapped
        (Range("64:ff9b::", 96), 12),  // NAT64
        (Range("2002::", 16), 2),  // 6to4
    ]
}
