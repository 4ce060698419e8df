import Glibc
import Synchronization

@testable import Storage

/// A file whose first writes end as scripted; the later ones go well.
final class ScriptedFile: ForwardingFile {
    enum Outcome: Sendable {
        case interrupted
        case short(Int)
        case failed(Int32)
    }

    let base: any File
    private let script: Mutex<[Outcome]>
    private let count = Atomic<Int>(0)

    init(_ base: any File, _ script: [Outcome]) {
        self.base = base
        self.script = Mutex(script)
    }

    /// How many writes there were.
    var calls: Int { count.load(ordering: .relaxed) }
    var isSpent: Bool { script.withLock { $0.isEmpty } }

    func pwrite(_ bytes: Span<UInt8>, at offset: Int) throws(FileError) -> Int {
        count.add(1, ordering: .relaxed)
        switch script.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) {
        case nil: return try base.pwrite(bytes, at: offset)
        case .interrupted: throw FileError("pwrite", "", EINTR)
        case .failed(let number): throw FileError("pwrite", "", number)
        case .short(let count): return try base.pwrite(bytes.extracting(first: count), at: offset)
        }
    }
}
