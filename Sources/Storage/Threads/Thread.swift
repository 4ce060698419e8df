import Glibc

/// A POSIX thread that runs one closure. Neither a `Task`, whose few threads must not block, nor Foundation's `Thread`.
struct Thread: Sendable {
    private let handle: pthread_t

    /// - Returns: nil when the system has no thread left.
    static func start(_ body: @escaping @Sendable () -> Void) -> Thread? {
        let work = Work(body)
        let context = unsafe Unmanaged.passRetained(work).toOpaque()
        var handle = pthread_t()
        guard unsafe pthread_create(&handle, nil, { unsafe Thread.run($0) }, context) == 0 else {
            _ = unsafe Unmanaged<Work>.fromOpaque(context).takeRetainedValue()
            return nil
        }
        return Thread(handle: handle)
    }

    func join() {
        _ = pthread_join(handle, nil)
    }

    private static func run(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
        guard let context = unsafe context else { return nil }
        let work = unsafe Unmanaged<Work>.fromOpaque(context).takeRetainedValue()
        work.body()
        return nil
    }

    private final class Work: Sendable {
        let body: @Sendable () -> Void

        init(_ body: @escaping @Sendable () -> Void) {
            self.body = body
        }
    }
}
