import Glibc

/// What the kernel knows of this process; nil where it would not tell.
package struct ProcessFigures: Sendable, Equatable {
    package var residentBytes: Int?
    package var openDescriptors: Int?
    /// The soft limit.
    package var descriptorLimit: Int?
    /// User and system time.
    package var cpuSeconds: Double?
    /// Unix time of the start, in seconds.
    package var startTime: Double?

    /// Asks the kernel.
    package init() {
        self.init(
            stat: Self.contents(of: "/proc/self/stat"),
            bootTime: Self.contents(of: "/proc/stat").flatMap(Self.bootTime),
            pageSize: sysconf(Int32(_SC_PAGESIZE)),
            ticksPerSecond: sysconf(Int32(_SC_CLK_TCK))
        )
        self.openDescriptors = Self.countDescriptors()
        var limit = rlimit()
        if getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 {
            self.descriptorLimit = Int(clamping: limit.rlim_cur)
        }
    }

    /// Reads the text of `/proc/self/stat`.
    ///
    /// The program's name, in parentheses, may hold anything: fields are counted from the last parenthesis. Source:
    /// proc(5): utime and stime are fields 14 and 15, starttime 22 (both in ticks), rss 24 (in pages).
    init(stat: String?, bootTime: Double?, pageSize: Int, ticksPerSecond: Int) {
        guard let stat, let end = stat.lastIndex(of: ")"), ticksPerSecond > 0 else { return }
        // The first of these is field 3.
        let fields = stat[stat.index(after: end)...].split(whereSeparator: \.isWhitespace)
        guard fields.count > 21, let user = Double(fields[11]), let system = Double(fields[12]),
            let start = Double(fields[19]), let pages = Int(fields[21])
        else { return }
        self.cpuSeconds = (user + system) / Double(ticksPerSecond)
        self.residentBytes = pages * pageSize
        self.startTime = bootTime.map { $0 + start / Double(ticksPerSecond) }
    }

    /// Reads the line `btime SECONDS` of `/proc/stat`.
    static func bootTime(_ stat: String) -> Double? {
        let line = stat.split(separator: "\n").first { $0.hasPrefix("btime ") }
        return line.flatMap { Double($0.dropFirst("btime ".count)) }
    }

    private static func countDescriptors() -> Int? {
        guard let directory = opendir("/proc/self/fd") else { return nil }
        defer { closedir(directory) }
        var count = 0
        while readdir(directory) != nil { count += 1 }
        // Without `.`, `..` and the descriptor of this folder.
        return count - 3
    }

    /// The text of a file of /proc, whose size is not known before it is read.
    static func contents(of path: String) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        while bytes.count < 1 << 20 {
            let chunk = withUnsafeTemporaryAllocation(byteCount: 4_096, alignment: 1) { buffer in
                Array(buffer.prefix(max(0, read(descriptor, buffer.baseAddress, buffer.count))))
            }
            if chunk.isEmpty { break }
            bytes += chunk
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
