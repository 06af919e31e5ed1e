import Foundation
import Glibc

/// The terminal while `top` runs: another screen, keys that arrive at once, and everything as it was at the end.
final class TerminalScreen: Sendable {
    private let saved: termios?

    /// Takes over the terminal; without one it draws pages one after the other.
    init() {
        var settings = termios()
        guard isatty(STDIN_FILENO) == 1, isatty(STDOUT_FILENO) == 1, tcgetattr(STDIN_FILENO, &settings) == 0 else {
            saved = nil
            return
        }
        saved = settings
        // Without ISIG Ctrl-C is a key like q, so that the terminal is put right in either case.
        settings.c_lflag &= ~tcflag_t(ICANON | ECHO | ISIG)
        tcsetattr(STDIN_FILENO, TCSANOW, &settings)
        Self.write("\u{1B}[?1049h\u{1B}[?25l")
    }

    /// Gives the terminal back.
    func close() {
        guard var saved else { return }
        tcsetattr(STDIN_FILENO, TCSANOW, &saved)
        Self.write("\u{1B}[?25h\u{1B}[?1049l")
    }

    /// Draws a page from the top, cut to the terminal's size.
    func draw(_ text: String) {
        guard saved != nil else { return Self.write(text) }
        var size = winsize()
        let isKnown = ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_row > 0
        let (rows, columns) = isKnown ? (Int(size.ws_row), Int(size.ws_col)) : (24, 80)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).prefix(max(1, rows - 1))
        // Each line is cleared as it is drawn: clearing the screen first would flicker.
        let page = lines.map { "\($0.prefix(columns))\u{1B}[K\n" }.joined()
        Self.write("\u{1B}[H\(page)\u{1B}[J")
    }

    /// Waits for a key for so long.
    ///
    /// - Returns: Whether it was q or Ctrl-C, or nobody can press one any more.
    func isAskedToEnd(within wait: Duration) async -> Bool {
        guard saved != nil else {
            return (try? await Task.sleep(for: wait)) == nil
        }
        var input = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
        // A command line of its own has nothing else to do meanwhile, so it may block.
        guard poll(&input, 1, Int32(clamping: wait.components.seconds * 1_000)) > 0 else { return false }
        var key: UInt8 = 0
        guard read(STDIN_FILENO, &key, 1) == 1 else { return true }
        return key == UInt8(ascii: "q") || key == 3
    }

    private static func write(_ text: String) {
        FileHandle.standardOutput.write(Data(text.utf8))
    }
}
