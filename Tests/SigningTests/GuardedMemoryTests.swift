import Foundation
import Testing

@testable import Signing

@Suite struct GuardedMemoryTests {
    /// The permissions of the mapping that holds an address, and of those below and above, from the kernel's list.
    private func mappings(around address: UInt) throws -> [Substring] {
        // Read through a handle to its end: a file of the kernel's has no size.
        let list = try #require(try FileHandle(forReadingAtPath: "/proc/self/maps")?.readToEnd())
        let lines = String(decoding: list, as: UTF8.self).split(separator: "\n")
        let index = try #require(
            lines.firstIndex { line in
                let bounds = line.prefix { $0 != " " }.split(separator: "-").compactMap { UInt($0, radix: 16) }
                return bounds.count == 2 && (bounds[0]..<bounds[1]).contains(address)
            }
        )
        return lines[(index - 1)...(index + 1)].map { $0.split(separator: " ")[1] }
    }

    @Test func `a secret lies on a read-only page between two that cannot be touched`() throws {
        let memory = GuardedMemory(count: 64) { bytes in
            for index in 0..<64 { bytes[index] = UInt8(index) }
        }
        let address = memory.withBytes { UInt(bitPattern: $0) }
        #expect(try mappings(around: address) == ["---p", "r--p", "---p"])
        #expect(memory.withBytes { $0[63] } == 63)
    }
}
