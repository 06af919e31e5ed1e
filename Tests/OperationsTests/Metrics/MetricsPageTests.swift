import Operations
import Testing

struct MetricsPageTests {
    @Test func `a metric has its help, its type and a line for each sample`() {
        var page = MetricsPage(prefix: "test")
        page.counter(
            "offers_total",
            "Offers that came.",
            [.init(3, ["model": "a"]), .init(4, ["model": "b", "x": "y"])]
        )
        page.gauge("ratio", "Of something.", [.init(0.25)])
        #expect(
            page.text == """
                # HELP test_offers_total Offers that came.
                # TYPE test_offers_total counter
                test_offers_total{model="a"} 3
                test_offers_total{model="b",x="y"} 4
                # HELP test_ratio Of something.
                # TYPE test_ratio gauge
                test_ratio 0.25

                """
        )
    }

    @Test func `labels and help are escaped, each in its own way`() {
        var page = MetricsPage(prefix: "test")
        page.gauge("x", "a \\ \"b\"\nc", [.init(1, ["label": "a \\ \"b\"\r\nc"])])
        #expect(page.text.contains(#"# HELP test_x a \\ "b"\nc"#))
        #expect(page.text.contains("test_x{label=\"a \\\\ \\\"b\\\"\r\\nc\"} 1"))
    }

    @Test(arguments: [
        (0.0, "0"), (1.0, "1"), (-2.0, "-2"), (1.5, "1.5"), (.infinity, "+Inf"), (-.infinity, "-Inf"), (.nan, "NaN"),
        (1e300, "1e+300"),
    ])
    func `numbers are written as Prometheus reads them`(number: Double, text: String) {
        var page = MetricsPage(prefix: "test")
        page.gauge("x", "X.", [.init(number)])
        #expect(page.text.hasSuffix("\ntest_x \(text)\n"))
    }

    @Test func `a histogram counts what is at or under each bound`() {
        var histogram = Histogram(bounds: [0.5, 1])
        for value in [0.5, 0.75, 1, 4] { histogram.observe(value) }
        var page = MetricsPage(prefix: "test")
        page.histogram("wait_seconds", "Waits.", [(["model": "a"], histogram)])
        #expect(
            page.text == """
                # HELP test_wait_seconds Waits.
                # TYPE test_wait_seconds histogram
                test_wait_seconds_bucket{model="a",le="0.5"} 1
                test_wait_seconds_bucket{model="a",le="1"} 3
                test_wait_seconds_bucket{model="a",le="+Inf"} 4
                test_wait_seconds_sum{model="a"} 6.25
                test_wait_seconds_count{model="a"} 4

                """
        )
    }

    @Test func `what the kernel tells of this process is on the page`() {
        var page = MetricsPage(prefix: "test")
        page.process(ProcessFigures())
        for name in ["cpu_seconds_total", "resident_memory_bytes", "open_fds", "max_fds", "start_time_seconds"] {
            #expect(page.text.contains("\nprocess_\(name) "), "\(name)")
        }
    }
}
