import Glibc
import Synchronization

@testable import Storage

/// Writes at once, and is durable only when it is asked for the end: in between the power may be cut.
final class SimulatedWriteQueue: WriteQueue {
    /// What becomes of the writes to come.
    enum Fate: Sendable {
        case done
        case short
        case failed(Int32)
        /// Nothing is begun.
        case refused
    }

    private struct State: Sendable {
        var fate = Fate.done
        var isHeld = false
        var underWay: (size: Int, event: Int32)?
    }

    private let file: any File
    private let state = Mutex(State())

    init(_ file: any File) {
        self.file = file
    }

    func decide(_ fate: Fate) {
        state.withLock { $0.fate = fate }
    }

    /// Lets writes go on until `release`.
    func hold() {
        state.withLock { $0.isHeld = true }
    }

    func release() {
        let event = state.withLock { state in
            state.isHeld = false
            return state.underWay?.event
        }
        if let event { Self.signal(event) }
    }

    var isUnderWay: Bool { state.withLock { $0.underWay != nil } }

    func begin(_ bytes: Span<UInt8>, at offset: Int, signalling event: Int32) -> Bool {
        let (fate, isHeld) = state.withLock { ($0.fate, $0.isHeld) }
        if case .refused = fate { return false }
        let size = if case .short = fate { bytes.count / 2 } else { bytes.count }
        guard (try? file.pwrite(bytes.extracting(first: size), at: offset)) == size else { return false }
        state.withLock { $0.underWay = (size, event) }
        if !isHeld { Self.signal(event) }
        return true
    }

    func end(waits: Bool) -> Int? {
        while true {
            let (result, isOver): (Int?, Bool) = state.withLock { state in
                guard let underWay = state.underWay else { return (nil, true) }
                guard !state.isHeld else { return (nil, false) }
                state.underWay = nil
                if case .failed(let number) = state.fate { return (-Int(number), true) }
                return (underWay.size, true)
            }
            guard !isOver && waits else {
                if result ?? -1 >= 0 { try? file.fdatasync() }
                return result
            }
            usleep(500)
        }
    }

    private static func signal(_ event: Int32) {
        var value: UInt64 = 1
        _ = unsafe write(event, &value, MemoryLayout<UInt64>.size)
    }
}
