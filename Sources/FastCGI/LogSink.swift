import Synchronization

/// Where log lines go: a bounded buffer that one thread writes out. Only that thread waits when nobody reads the log;
/// whoever logs never does.
///
/// Lines leave whole and in order: when a batch is full, 200 ms after its first line, or at once after an urgent one.
/// When the buffer is full, lines are dropped and counted, and the log says `lost=N` in their place.
package final class LogSink: Sendable {
    private struct State {
        var lines: [UInt8] = []
        /// Lines that found no room since the writer last came.
        var lost = 0
        var isUrgent = false
        var isClosed = false

        var isDue: Bool { isUrgent || isClosed || lines.count >= LogSink.batchBytes }

        /// - Returns: whether the writer must be told: of the first line, and when the batch becomes due.
        mutating func append(isUrgent: Bool, _ render: (inout [UInt8]) -> Void) -> Bool {
            let start = lines.count
            let wasDue = isDue
            // Once a line was lost the next ones are too, short as they may be: what is lost has one place in the log.
            if lost == 0 { render(&lines) }
            if lost > 0 || lines.count > LogSink.capacityBytes {
                lines.removeSubrange(start...)
                lost += 1
            }
            self.isUrgent = self.isUrgent || isUrgent
            return start == 0 || isDue != wasDue
        }
    }

    static let capacityBytes = 1024 * 1024
    private static let batchBytes = 32 * 1024
    private static let delayMilliseconds: Int32 = 200
    private static let closeTimeoutMilliseconds: Int32 = 1000

    /// Whether systemd's journal reads the lines, which then begin with their level, such as `<6>` (sd-daemon(3)).
    package let isJournal: Bool
    private let descriptor: Int32
    private let state = Mutex(State())
    private let wakeUp = EventDescriptor(.latch)
    private let finished = EventDescriptor(.latch)
    private let thread = Mutex<ServerThread?>(nil)

    /// Begins to write what is appended.
    ///
    /// - Parameter descriptor: usually standard error. It is not closed, and its flags stay as they are: it may be
    ///   shared with other processes.
    /// - Throws: when the system has no descriptor or thread left.
    package init(descriptor: Int32, isJournal: Bool) throws(FastCGIError) {
        self.descriptor = descriptor
        self.isJournal = isJournal
        guard wakeUp.number >= 0, finished.number >= 0 else { throw FastCGIError("No descriptor is left for the log.") }
        let writing = try ServerThread(name: "log") { self.run() }
        thread.withLock { $0 = writing }
    }

    /// Adds a line, or counts it as lost. Never waits for whoever reads the log.
    ///
    /// - Parameter isUrgent: whether it is to be written without delay.
    package func append(line: String, isUrgent: Bool) {
        append(isUrgent: isUrgent) { buffer in
            buffer.append(text: line)
            buffer.append(UInt8(ascii: "\n"))
        }
    }

    /// As `append(line:isUrgent:)`, without a copy.
    ///
    /// - Parameter render: appends one line and its newline.
    func append(isUrgent: Bool = false, _ render: (inout [UInt8]) -> Void) {
        let isAwaited = state.withLock { $0.append(isUrgent: isUrgent, render) }
        if isAwaited { wakeUp.signal() }
    }

    /// Writes what there is, for a second at most. What is appended later is not written.
    package func close() {
        let writing = thread.withLock { thread in
            defer { thread = nil }
            return thread
        }
        guard let writing else { return }
        state.withLock { $0.isClosed = true }
        wakeUp.signal()
        // Else the thread still waits for a reader, and ends with the process.
        if finished.wait(milliseconds: Self.closeTimeoutMilliseconds) { writing.join() }
    }

    /// What the writer has not taken yet.
    var pendingBytes: Int { state.withLock { $0.lines.count } }

    /// Whether the writer came to its end after `close`.
    var isFinished: Bool { finished.wait(milliseconds: 0) }

    // MARK: The writing thread

    private func run() {
        var writer = LogWriter(descriptor: descriptor, isJournal: isJournal)
        var batch: [UInt8] = []
        while true {
            waitForBatch()
            guard let lost = take(&batch) else { return finished.signal() }
            writer.write(batch, lost: lost)
        }
    }

    /// A signal left from lines already taken at worst sends the next ones early.
    private func waitForBatch() {
        if isDue { return }
        wakeUp.wait()
        if isDue { return }
        wakeUp.wait(milliseconds: Self.delayMilliseconds)
    }

    private var isDue: Bool { state.withLock { $0.isDue } }

    /// - Returns: how many lines were lost after those taken; nil when the sink is closed and everything was taken.
    private func take(_ batch: inout [UInt8]) -> Int? {
        batch.removeAll(keepingCapacity: true)
        return state.withLock { state in
            if state.isClosed, state.lines.isEmpty, state.lost == 0 { return nil }
            swap(&state.lines, &batch)
            defer { state.lost = 0 }
            state.isUrgent = false
            return state.lost
        }
    }
}
