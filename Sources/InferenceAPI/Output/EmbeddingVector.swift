import FoundationEssentials
import StrictJSON

/// Vectors as deltas and digests have them: their values as little-endian float32, one after the other.
package enum EmbeddingVector {
    /// Most values of one vector: several times what any model makes, and 256 KiB, so that a few fit a message.
    package static let maximumDimensions = 65_536
    private static let bytesPerValue = 4

    /// Whether the bytes are a vector: not empty, whole, and every value of it finite.
    package static func isValid(_ bytes: [UInt8]) -> Bool {
        guard (1...maximumDimensions).contains(bytes.count / bytesPerValue), bytes.count % bytesPerValue == 0 else {
            return false
        }
        return bytes.withUnsafeBufferPointer { bytes in
            // A value is not finite when all bits of its exponent are set.
            stride(from: 0, to: bytes.count, by: bytesPerValue).allSatisfy { place in
                bytes[place + 3] & 0x7F != 0x7F || bytes[place + 2] & 0x80 == 0
            }
        }
    }

    /// Reads base64 of a vector; `nil` if it is none.
    package static func bytes(ofBase64 text: String) -> [UInt8]? {
        guard let data = Data(base64Encoded: text) else { return nil }
        let bytes = [UInt8](data)
        return isValid(bytes) ? bytes : nil
    }

    /// Appends one value.
    package static func append(_ value: Float, to bytes: inout [UInt8]) {
        withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
    }

    /// Appends the vector as a JSON string of base64, with padding.
    package static func appendBase64(_ bytes: [UInt8], to out: inout [UInt8]) {
        out.append(UInt8(ascii: "\""))
        out.append(contentsOf: Data(bytes).base64EncodedData())
        out.append(UInt8(ascii: "\""))
    }

    /// Appends the vector as a JSON array of the shortest numbers that are read as the same float32 values.
    static func appendNumbers(_ bytes: [UInt8], to out: inout [UInt8]) {
        out.append(UInt8(ascii: "["))
        for place in stride(from: 0, to: bytes.count, by: bytesPerValue) {
            if place > 0 { out.append(UInt8(ascii: ",")) }
            let pattern = bytes[place..<place + bytesPerValue].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            out.append(contentsOf: Float(bitPattern: pattern).description.utf8)
        }
        out.append(UInt8(ascii: "]"))
    }
}
