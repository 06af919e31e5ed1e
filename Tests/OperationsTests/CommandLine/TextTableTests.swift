import Operations
import Testing

struct TextTableTests {
    private var table: TextTable {
        var table = TextTable([.init("job"), .init("credits", .right), .init("note")])
        table.append(["job_1", "8", ""])
        table.append(["job_22", "1200", "a, \"b\"\nc"])
        return table
    }

    @Test func `columns stand under their titles`() {
        #expect(
            self.table.text == """
                JOB     CREDITS  NOTE
                job_1         8
                job_22     1200  a, "b"\\nc

                """
        )
    }

    @Test func `CSV quotes what needs it`() {
        #expect(self.table.csv == "job,credits,note\njob_1,8,\njob_22,1200,\"a, \"\"b\"\"\nc\"\n")
    }
}
