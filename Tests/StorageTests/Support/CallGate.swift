import Glibc
import Synchronization

@testable import Storage

/// Lets calls of one kind fail, or wait, from now on.
final class CallGate: FileSystem {
    private struct Rule {
        var call: String?
        var part = ""
        var number: Int32 = 0
        var held: String?
        var heldPart = ""

        func holds(_ call: String, _ path: String) -> Bool {
            held == call && (heldPart.isEmpty || path.contains(heldPart))
        }
    }

    private let base: any FileSystem
    private let rule = Mutex(Rule())
    private let waiting = Atomic<Int>(0)

    init(_ base: any FileSystem) {
        self.base = base
    }

    func fail(_ call: String?, in part: String, with number: Int32) {
        rule.withLock {
            $0.call = call
            $0.part = part
            $0.number = number
        }
    }

    /// - Parameter part: of the path; empty for all files.
    func hold(_ call: String, in part: String = "") {
        rule.withLock {
            $0.held = call
            $0.heldPart = part
        }
    }

    func release() {
        rule.withLock { $0.held = nil }
    }

    /// Whether a call waits to be released.
    var isWaiting: Bool { waiting.load(ordering: .relaxed) > 0 }

    fileprivate func pass(_ call: String, _ path: String) throws(FileError) {
        if rule.withLock({ $0.holds(call, path) }) {
            waiting.add(1, ordering: .relaxed)
            while rule.withLock({ $0.holds(call, path) }) { usleep(500) }
            waiting.subtract(1, ordering: .relaxed)
        }
        let number = rule.withLock { $0.call == call && path.contains($0.part) ? $0.number : 0 }
        if number != 0 { throw FileError(call, path, number) }
    }

    func open(_ path: String, _ access: FileAccess) throws(FileError) -> any File {
        try pass("open", path)
        return GatedFile(try base.open(path, access), self, path)
    }

    func mkdir(_ path: String) throws(FileError) { try base.mkdir(path) }
    func list(_ path: String) throws(FileError) -> [String] { try base.list(path) }
    func rename(_ path: String, to target: String) throws(FileError) { try base.rename(path, to: target) }
    func unlink(_ path: String) throws(FileError) { try base.unlink(path) }
    func fsyncDirectory(_ path: String) throws(FileError) { try base.fsyncDirectory(path) }
    func volume(of path: String) throws(FileError) -> Volume { try base.volume(of: path) }
}

private final class GatedFile: ForwardingFile {
    let base: any File
    private let gate: CallGate
    private let path: String

    init(_ base: any File, _ gate: CallGate, _ path: String) {
        self.base = base
        self.gate = gate
        self.path = path
    }

    func pwrite(_ bytes: Span<UInt8>, at offset: Int) throws(FileError) -> Int {
        try gate.pass("pwrite", path)
        return try base.pwrite(bytes, at: offset)
    }

    func fdatasync() throws(FileError) {
        try gate.pass("fdatasync", path)
        try base.fdatasync()
    }
}
