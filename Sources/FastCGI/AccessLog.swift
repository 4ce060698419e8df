/// One line per answered request.
package struct AccessLog: Sendable {
    private let sink: LogSink
    private let prefix: StaticString

    package init(sink: LogSink) {
        self.sink = sink
        prefix = sink.isJournal ? "<6>" : ""
    }

    /// Adds the line of a request that has been answered.
    func append(_ request: Request?, _ response: Response, bytes: Int, durationNanoseconds: UInt64) {
        let line = Line(request, response, bytes: bytes, durationNanoseconds: durationNanoseconds)
        sink.append { lines in
            lines.append(text: prefix)
            line.append(to: &lines)
        }
    }
}
