import FastCGI
import Storage

/// Lets a worker's requests share the journal's flushes.
struct JournalRecording: BatchRecording {
    let repository: JournalRepository

    func batch(signalling event: Int32?, _ body: () -> Void) -> UInt64? {
        repository.batch(signalling: event, body)
    }

    func endFlush(waits: Bool) {
        repository.endFlush(waits: waits)
    }
}
