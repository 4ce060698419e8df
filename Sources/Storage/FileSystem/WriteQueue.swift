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

/// A queue of the kernel's (io_submit(2)).
final class KernelWriteQueue: WriteQueue {
    private let descriptor: Int32
    private let state: Mutex<State>

    @safe private struct State: ~Copyable {
        let context: io_context_t
        let request: UnsafeMutablePointer<iocb>

        /// Waits for the write under way, if there is one.
        deinit {
            _ = unsafe io_destroy(context)
            unsafe request.deallocate()
        }
    }

    /// nil when the kernel gives none: where it is forbidden, or too many are in use (`fs.aio-max-nr`).
    ///
    /// - Parameter descriptor: opened with O_DIRECT, or the call that begins a write would wait for its end.
    init?(descriptor: Int32) {
        self.descriptor = descriptor
        var context: io_context_t?
        guard unsafe io_setup(1, &context) == 0, let context = unsafe context else { return nil }
        let request = UnsafeMutablePointer<iocb>.allocate(capacity: 1)
        unsafe request.initialize(to: iocb())
        state = Mutex(unsafe State(context: context, request: request))
    }

    func begin(_ bytes: Span<UInt8>, at offset: Int, signalling event: Int32) -> Bool {
        let descriptor = descriptor
        return state.withLock { state in
            unsafe bytes.withUnsafeBufferPointer { bytes in
                let memory = unsafe UnsafeMutableRawPointer(mutating: bytes.baseAddress)
                unsafe io_prep_pwrite(state.request, descriptor, memory, bytes.count, Int64(offset))
                unsafe io_set_eventfd(state.request, event)
                var requests: UnsafeMutablePointer<iocb>? = unsafe state.request
                return unsafe io_submit(state.context, 1, &requests) == 1
            }
        }
    }

    func end(waits: Bool) -> Int? {
        state.withLock { state in
            var event = unsafe io_event()
            var count: Int32
            repeat { count = unsafe io_getevents(state.context, waits ? 1 : 0, 1, &event, nil) } while count == -EINTR
            guard count == 1 else { return nil }
            return unsafe Int(bitPattern: event.res)
        }
    }
}
