import Testing

@testable import Webhooks

@Suite struct InternetAddressTests {
    @Test(arguments: [
        "0.0.0.0", "10.1.2.3", "100.64.0.1", "100.100.100.200", "127.0.0.1", "127.255.255.254", "169.254.169.254",
        "172.16.0.1", "172.31.255.255", "192.0.0.192", "192.168.1.1", "198.19.0.1", "224.0.0.1", "255.255.255.255",
        "::", "::1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "::7f00:1", "64:ff9b::10.0.0.1", "2002:7f00:1::",
        "2002:a9fe:a9fe::1", "fe80::1", "fc00::1", "fd00:ec2::254", "ff02::1", "2001::1", "2001:db8::1", "4000::1",
        "64:ff9b::127.0.0.1", "64:ff9b::169.254.169.254", "64:ff9b:1::1.1.1.1", "::1.1.1.1", "::ffff:0:1.1.1.1",
        "::ffff:100.64.0.1", "2002:c0a8:101::1", "2001:0:101:101::1", "3fff::1", "5f00::1", "100::1", "fec0::1",
        "192.88.99.1", "203.0.113.9", "240.0.0.1", "0.1.2.3",
    ])
    func `an inside address is not public`(text: String) throws {
        #expect(try !#require(InternetAddress(text)).isPublic)
    }

    @Test(arguments: [
        "1.1.1.1", "8.8.8.8", "100.63.255.255", "100.128.0.1", "172.15.255.255", "172.32.0.1", "198.20.0.1",
        "223.255.255.255", "2606:4700:4700::1111", "2a00:1450:4001:80b::200e", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8",
        "2002:808:808::1",
    ])
    func `an address of the open Internet is public`(text: String) throws {
        #expect(try #require(InternetAddress(text)).isPublic)
    }

    @Test(arguments: ["", "localhost", "127.1", "0x7f000001", "1.2.3.4.5", "[::1]", "fe80::1%eth0", "01.02.03.04x"])
    func `what is no address is none`(text: String) {
        #expect(InternetAddress(text) == nil)
    }

    @Test func `bytes are 4 or 16`() {
        #expect(InternetAddress(bytes: [127, 0, 0, 1])?.isPublic == false)
        #expect(InternetAddress(bytes: [1, 2, 3]) == nil)
    }
}
