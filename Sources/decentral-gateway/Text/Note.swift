import Foundation
import Gateway

/// What is said to a person beside a command's answer, and so not on standard output.
enum Note {
    static func write(_ text: String) {
        FileHandle.standardError.write(Data("\(text)\n".utf8))
    }

    /// Says how to get the rest of a list.
    static func more(_ page: AdminPage<some Any>, after item: String?) {
        guard page.hasMore, let item else { return }
        write("more follow: --after \(item)")
    }
}
