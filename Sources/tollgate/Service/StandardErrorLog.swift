import FastCGI
import Logging

/// Log lines on standard error. Under systemd they begin with the journal's level mark (sd-daemon(3)), so that
/// `journalctl -p warning` works.
struct StandardErrorLog: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.info
    let sink: LogSink

    subscript(metadataKey key: String) -> Logger.MetadataValue? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var line = sink.isJournal ? "<\(StandardErrorLog.priority(event.level))>" : "\(event.level): "
        line += Printable.text("\(event.message)")
        let all = metadata.merging(event.metadata ?? [:]) { $1 }
        for (key, value) in all.sorted(by: { $0.key < $1.key }) {
            line += " \(key)=\(Printable.text("\(value)"))"
        }
        sink.append(line: line, isUrgent: event.level >= .error)
    }

    /// syslog(3)'s levels.
    private static func priority(_ level: Logger.Level) -> Int {
        switch level {
        case .trace, .debug: 7
        case .info: 6
        case .notice: 5
        case .warning: 4
        case .error: 3
        case .critical: 2
        }
    }
}
