/// A page of metrics as Prometheus reads it.
///
/// Shape: for each metric a `# HELP` and a `# TYPE` line, then a line for each sample: `name{label="value"} number`.
/// Source: Prometheus, "Text-based format", version 0.0.4.
package struct MetricsPage: Sendable {
    /// The media type of ``text``.
    package static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    /// Label names and values, in the order in which they are written.
    package typealias Labels = KeyValuePairs<String, String>

    /// One line of a metric.
    package struct Sample: Sendable {
        let labels: Labels
        let value: String

        package init(_ value: Int, _ labels: Labels = [:]) {
            self.labels = labels
            self.value = String(value)
        }

        package init(_ value: Double, _ labels: Labels = [:]) {
            self.labels = labels
            self.value = MetricsPage.number(value)
        }

        /// A condition: 1 if it holds, 0 if not.
        package init(_ holds: Bool, _ labels: Labels = [:]) {
            self.init(holds ? 1 : 0, labels)
        }
    }

    /// The page so far.
    package private(set) var text = ""
    private let prefix: String
    private var names: Set<String> = []

    /// Starts a page; `prefix` and an underscore stand before every name: `decentral_worker`.
    package init(prefix: String) {
        self.prefix = prefix
    }

    /// Adds a count that only grows while the process lives; its name ends in `_total`.
    package mutating func counter(_ name: String, _ help: String, _ samples: [Sample]) {
        precondition(name.hasSuffix("_total"), "the counter \(name) does not end in _total")
        self.add("\(self.prefix)_\(name)", "counter", help, samples.map { ("", $0.labels, [], $0.value) })
    }

    /// Adds a value that may go up and down.
    package mutating func gauge(_ name: String, _ help: String, _ samples: [Sample]) {
        self.add("\(self.prefix)_\(name)", "gauge", help, samples.map { ("", $0.labels, [], $0.value) })
    }

    /// Adds distributions; the name ends in the unit: `_seconds`.
    package mutating func histogram(_ name: String, _ help: String, _ samples: [(labels: Labels, Histogram)]) {
        var lines: [Line] = []
        for (labels, histogram) in samples {
            for (bound, count) in histogram.cumulative {
                lines.append(("_bucket", labels, [("le", Self.number(bound))], String(count)))
            }
            lines.append(("_sum", labels, [], Self.number(histogram.sum)))
            lines.append(("_count", labels, [], String(histogram.count)))
        }
        self.add("\(self.prefix)_\(name)", "histogram", help, lines)
    }

    /// Adds what is known of this process under the names that every client library of Prometheus uses.
    package mutating func process(_ figures: ProcessFigures) {
        self.plain("process_cpu_seconds_total", "counter", "CPU time of user and system.", figures.cpuSeconds)
        self.plain("process_resident_memory_bytes", "gauge", "Memory in use.", figures.residentBytes.map(Double.init))
        self.plain("process_open_fds", "gauge", "Open file descriptors.", figures.openDescriptors.map(Double.init))
        self.plain("process_max_fds", "gauge", "Most file descriptors.", figures.descriptorLimit.map(Double.init))
        self.plain("process_start_time_seconds", "gauge", "Unix time of the start.", figures.startTime)
    }

    private mutating func plain(_ name: String, _ kind: String, _ help: String, _ value: Double?) {
        guard let value else { return }
        self.add(name, kind, help, [("", [:], [], Self.number(value))])
    }

    /// What comes after the metric's name, its labels, further labels, and the number.
    private typealias Line = (suffix: String, labels: Labels, more: [(String, String)], value: String)

    private mutating func add(_ name: String, _ kind: String, _ help: String, _ lines: [Line]) {
        precondition(self.names.insert(name).inserted, "the metric \(name) is on the page twice")
        self.text += "# HELP \(name) \(Self.escaped(help, quotes: false))\n# TYPE \(name) \(kind)\n"
        for line in lines {
            let labels = (line.labels.map { ($0.key, $0.value) } + line.more)
                .map { "\($0.0)=\"\(Self.escaped($0.1, quotes: true))\"" }
                .joined(separator: ",")
            self.text += "\(name)\(line.suffix)\(labels.isEmpty ? "" : "{\(labels)}") \(line.value)\n"
        }
    }

    /// Whole numbers without a fraction, and the names of what is not finite.
    private static func number(_ value: Double) -> String {
        if let whole = Int(exactly: value) { return String(whole) }
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        return value.description
    }

    private static func escaped(_ text: String, quotes: Bool) -> String {
        var escaped = ""
        // Scalar by scalar: a carriage return and a line feed are one Character.
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": escaped += "\\\\"
            case "\n": escaped += "\\n"
            case "\"" where quotes: escaped += "\\\""
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
