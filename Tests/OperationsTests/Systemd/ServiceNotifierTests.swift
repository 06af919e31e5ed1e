import Glibc
import Operations
import Testing

struct ServiceNotifierTests {
    @Test func `what the service says arrives as systemd wants it`() async throws {
        try await withTemporaryFolder { folder in
            let receiver = try DatagramReceiver(address: "\(folder)/notify")
            let notifier = ServiceNotifier(environment: ["NOTIFY_SOCKET": "\(folder)/notify"])
            notifier.ready(status: "2 models")
            #expect(receiver.receive() == ["READY=1", "STATUS=2 models"])
            notifier.status("draining")
            #expect(receiver.receive() == ["STATUS=draining"])
            notifier.extendTimeout(by: .seconds(30))
            #expect(receiver.receive() == ["EXTEND_TIMEOUT_USEC=30000000"])
            notifier.stopping(status: "bye")
            #expect(receiver.receive() == ["STOPPING=1", "STATUS=bye"])
            notifier.watchdog()
            #expect(receiver.receive() == ["WATCHDOG=1"])
            #expect(receiver.receive() == nil)
        }
    }

    @Test func `a reload carries the time that systemd compares`() async throws {
        try await withTemporaryFolder { folder in
            let receiver = try DatagramReceiver(address: "\(folder)/notify")
            var before = timespec()
            clock_gettime(CLOCK_MONOTONIC, &before)
            ServiceNotifier(environment: ["NOTIFY_SOCKET": "\(folder)/notify"]).reloading()
            let lines = try #require(receiver.receive())
            #expect(lines.first == "RELOADING=1")
            let microseconds = try #require(lines.last?.split(separator: "=").last.flatMap { Int($0) })
            #expect(lines.last?.hasPrefix("MONOTONIC_USEC=") == true)
            #expect(microseconds / 1_000_000 - before.tv_sec < 60 && microseconds / 1_000_000 >= before.tv_sec)
        }
    }

    @Test func `an abstract address is reached`() throws {
        let name = "@operations-test-\(getpid())"
        let receiver = try DatagramReceiver(address: name)
        ServiceNotifier(environment: ["NOTIFY_SOCKET": name]).status("here")
        #expect(receiver.receive() == ["STATUS=here"])
    }

    @Test func `a status cannot smuggle an assignment in`() async throws {
        try await withTemporaryFolder { folder in
            let receiver = try DatagramReceiver(address: "\(folder)/notify")
            ServiceNotifier(environment: ["NOTIFY_SOCKET": "\(folder)/notify"]).status("x\nMAINPID=1")
            #expect(receiver.receive() == ["STATUS=x\\nMAINPID=1"])
        }
    }

    @Test func `nobody listening is no error`() {
        ServiceNotifier(environment: [:]).ready(status: "x")
        ServiceNotifier(environment: ["NOTIFY_SOCKET": "/nowhere/notify"]).ready(status: "x")
        ServiceNotifier(environment: ["NOTIFY_SOCKET": "vsock:2:1234"]).ready(status: "x")
        ServiceNotifier(environment: ["NOTIFY_SOCKET": "/" + String(repeating: "x", count: 200)]).ready(status: "x")
    }

    @Test func `the watchdog is taken only if it is meant for this process`() {
        let interval = ["WATCHDOG_USEC": "2000000"]
        #expect(ServiceNotifier(environment: interval).watchdogInterval == .seconds(2))
        let ours = interval.merging(["WATCHDOG_PID": "7"]) { $1 }
        #expect(ServiceNotifier(environment: ours, processID: 7).watchdogInterval == .seconds(2))
        #expect(ServiceNotifier(environment: ours, processID: 8).watchdogInterval == nil)
        #expect(ServiceNotifier(environment: ["WATCHDOG_USEC": "soon"]).watchdogInterval == nil)
        #expect(ServiceNotifier(environment: [:]).watchdogInterval == nil)
    }
}
