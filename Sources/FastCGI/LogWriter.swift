/// Writes batches of lines to a descriptor, and says in the log what could not be written.
struct LogWriter {
    private let descriptor: Int32
    private let notice: StaticString
    /// Lost lines the log does not tell of yet.
    private var lost = 0
    /// Whether a failure cut a line.
    private var isWithinLine = false

    init(descriptor: Int32, isJournal: Bool) {
        self.descriptor = descriptor
        notice = isJournal ? "<4>log lines could not be written lost=" : "warning: log lines could not be written lost="
    }

    /// Waits as long as the descriptor takes nothing.
    ///
    /// - Parameter lost: how many lines are missing after these.
    mutating func write(_ lines: [UInt8], lost missing: Int) {
        if lost > 0 { report() }
        let written = put(lines)
        lost += missing + lines[written...].count { $0 == UInt8(ascii: "\n") }
        if lost > 0 { report() }
    }

    private mutating func report() {
        var line: [UInt8] = isWithinLine ? [UInt8(ascii: "\n")] : []
        line.append(text: notice)
        line.append(decimal: lost)
        line.append(UInt8(ascii: "\n"))
        if put(line) == line.count { lost = 0 }
    }

    private mutating func put(_ bytes: [UInt8]) -> Int {
        let written = SystemCall.writeWhole(bytes, to: descriptor)
        if let last = bytes[..<written].last { isWithinLine = last != UInt8(ascii: "\n") }
        return written
    }
}
