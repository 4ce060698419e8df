import CAIO
import Glibc
import Synchronization

/// Carries out one write while its caller goes on.
protocol WriteQueue: Sendable {
    /// Begins a write; none may be under way.
    ///
    /// - Parameters:
    ///   - bytes: whole blocks in aligned memory. They must stay where they are, unchanged, until `end` has said that the
    ///     write is over.
    ///   - event: an eventfd that is signalled then.
    /// - Returns: false when nothing was begun.
    func begin(_ bytes: Span<UInt8>, at offset: Int, signalling event: Int32) -> Bool
    /// How the write that was begun has ended: the bytes written, or the error's number below zero.
    ///
    /// - Parameter waits: whether to wait for its end; else nil when it has not come.
    func end(waits: Bool) -> Int?
}

/// A queue for one file of the kernel's (io_submit(2)).
final class KernelWriteQueue: WriteQueue {
    private let descriptor: Int32
    private let writes: KernelWrites
    private let request: Mutex<Request>

    @safe private struct Request: ~Copyable {
        let block: UnsafeMutablePointer<iocb>
        /// The number of the write under way; nil when there is none.
        var number: UInt?

        init() {
            unsafe block = .allocate(capacity: 1)
            unsafe block.initialize(to: iocb())
        }

        deinit {
            unsafe block.deallocate()
        }
    }

    /// nil when the kernel gives none: where it is forbidden, or too many are in use (`fs.aio-max-nr`).
    ///
    /// - Parameter descriptor: opened with O_DIRECT, or the call that begins a write would wait for its end.
    init?(descriptor: Int32) {
        guard let writes = KernelWrites.shared else { return nil }
        self.descriptor = descriptor
        self.writes = writes
        request = Mutex(Request())
    }

    func begin(_ bytes: Span<UInt8>, at offset: Int, signalling event: Int32) -> Bool {
        request.withLock { request in
            unsafe bytes.withUnsafeBufferPointer { bytes in
                let memory = unsafe UnsafeMutableRawPointer(mutating: bytes.baseAddress)
                unsafe io_prep_pwrite(request.block, descriptor, memory, bytes.count, Int64(offset))
                unsafe io_set_eventfd(request.block, event)
                request.number = unsafe writes.begin(request.block)
                return request.number != nil
            }
        }
    }

    func end(waits: Bool) -> Int? {
        request.withLock { request in
            guard let number = request.number, let result = writes.end(of: number, waits: waits) else { return nil }
            request.number = nil
            return result
        }
    }
}

/// The process's context for writes that go on by themselves. One for all files, and never taken down before the process
/// ends: the kernel takes 35 ms for that (two grace periods of RCU).
final class KernelWrites: Sendable {
    /// nil when the kernel gives none.
    static let shared = KernelWrites()

    private let state: Mutex<State>
    /// Each store of a process has one write under way at most.
    private static let most: Int32 = 16

    @safe private struct State: ~Copyable {
        let context: io_context_t
        /// The number of the next write.
        var next: UInt = 1
        /// What the kernel told of others' writes: the result by the number.
        var ended: [UInt: Int] = [:]
    }

    private init?() {
        var context: io_context_t?
        guard unsafe io_setup(KernelWrites.most, &context) == 0, let context = unsafe context else { return nil }
        state = Mutex(unsafe State(context: context))
    }

    /// - Returns: the write's number; nil when nothing was begun.
    fileprivate func begin(_ request: UnsafeMutablePointer<iocb>) -> UInt? {
        let address = UInt(bitPattern: request)
        return state.withLock { state in
            var requests = unsafe UnsafeMutablePointer<iocb>(bitPattern: address)
            // Comes back with its end. An address may belong to another write by then.
            unsafe requests?.pointee.data = UnsafeMutableRawPointer(bitPattern: state.next)
            guard unsafe io_submit(state.context, 1, &requests) == 1 else { return nil }
            defer { state.next += 1 }
            return state.next
        }
    }

    fileprivate func end(of number: UInt, waits: Bool) -> Int? {
        state.withLock { state in
            while true {
                if let result = state.ended.removeValue(forKey: number) { return result }
                var event = unsafe io_event()
                let count = unsafe io_getevents(state.context, waits ? 1 : 0, 1, &event, nil)
                guard count != -EINTR else { continue }
                guard count == 1 else { return nil }
                let (ended, result) = unsafe (UInt(bitPattern: event.data), Int(bitPattern: event.res))
                if ended == number { return result }
                state.ended[ended] = result
            }
        }
    }
}
