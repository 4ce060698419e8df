import FastCGI
import Glibc

/// A line on standard error that fills up, for people who wait. Nothing is shown when it is no terminal.
struct ProgressBar {
    private static let width = 30
    private let total: Int
    private let isShown: Bool

    init(total: Int) {
        self.total = total
        isShown = total >= 20 && isatty(STDERR_FILENO) == 1
    }

    func show(_ done: Int, _ note: String) {
        guard isShown, total > 0 else { return }
        let filled = min(ProgressBar.width, done * ProgressBar.width / total)
        let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: ProgressBar.width - filled)
        write("\r[\(bar)] \(done)/\(total)  \(note)\u{1B}[K")
    }

    /// Takes the line away.
    func end() {
        if isShown { write("\r\u{1B}[K") }
    }

    private func write(_ text: String) {
        // Nobody is left to tell when standard error cannot be written.
        _ = SystemCall.writeWhole(Array(text.utf8), to: STDERR_FILENO)
    }
}

/// Waiting on the main thread of a command.
enum Pause {
    static func milliseconds(_ count: UInt32) {
        _ = usleep(count * 1000)
    }
}
