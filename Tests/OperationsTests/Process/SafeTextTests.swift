import Operations
import Testing

struct SafeTextTests {
    @Test func `ordinary text stays as it is`() {
        #expect(SafeText.line("Grüße, 世界 👋") == "Grüße, 世界 👋")
        #expect(SafeText.value("gpt-4/x_1:latest") == "gpt-4/x_1:latest")
    }

    @Test func `what moves the cursor or the reading order is escaped`() {
        #expect(
            SafeText.line("a\r\nb\tc\u{7F}\u{85}\u{2028}\u{2067}") == "a\\r\\nb\\tc\\u{7f}\\u{85}\\u{2028}\\u{2067}"
        )
    }

    @Test func `a value with a blank, a quote or an equals sign is quoted`() {
        #expect(SafeText.value("a b") == "\"a b\"")
        #expect(SafeText.value("a\"b\\c") == "\"a\\\"b\\\\c\"")
        #expect(SafeText.value("") == "\"\"")
    }
}
