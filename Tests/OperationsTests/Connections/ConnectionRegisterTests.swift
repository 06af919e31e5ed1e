import NIOCore
import Testing

@testable import Operations

struct ConnectionRegisterTests {
    @Test(arguments: [
        ("192.0.2.1", "192.0.2.1", true),
        ("192.0.2.1", "192.0.2.2", false),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", true),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", false),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.2", false),
    ])
    func `one host is one address, with all of its IPv6 ones`(_ one: String, _ other: String, _ isSame: Bool) throws {
        let names = try [one, other].map {
            ConnectionRegister.name(of: try SocketAddress(ipAddress: $0, port: 1))
        }
        #expect((names[0] == names[1]) == isSame)
    }
}
