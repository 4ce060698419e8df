import Glibc

/// A POSIX thread that runs one closure. Neither a `Task`, whose few threads must not block, nor Foundation's `Thread`.
struct Thread: Sendable {
    private let handle: pthread_t

    /// - Returns: nil when the system has no thread left.
    static func start(_ body: @escaping @Sendable () -> Void) -> Thread? {
        let work = unsafe Unmanaged.passRetained(Work(body))
        var handle = pthread_t()
        let result = unsafe pthread_create(&handle, nil, { pointer in
            guard let pointer = unsafe pointer else { return nil }
            let work = unsafe Unmanaged<Work>.fromOpaque(pointer).takeRetainedValue()
            work.body()
            return nil
        }, unsafe work.toOpaque())
        guard result == 0 else {
            unsafe work.release()
            return nil
        }
        return Thread(handle: handle)
    }

    func join() {
        _ = unsafe pthread_join(handle, nil)
    }

    private final class Work: Sendable {
        let body: @Sendable () -> Void

        init(_ body: @escaping @Sendable () -> Void) {
            self.body = body
        }
    }
}
