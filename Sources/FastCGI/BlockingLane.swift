import Synchronization

/// The second lane: a bounded queue and threads that may block, for routes that call out.
///
/// However slow a provider is, it holds up nobody but those who wait for it.
final class BlockingLane: Sendable {
    typealias Job = @Sendable () -> Void

    private struct State {
        var queue: [Job] = []
        var head = 0
        var isClosed = false
    }

    private let limit: Int
    private let state = Mutex(State())
    private let wakeUp = EventDescriptor(.semaphore)
    private let threads = Mutex<[ServerThread]>([])
    private let unfinished = Atomic<Int>(0)

    init(queueLimit: Int) {
        limit = queueLimit
    }

    func start(threads count: Int) throws(FastCGIError) {
        guard wakeUp.number >= 0 else { throw FastCGIError("No descriptor is left for the second lane.") }
        for index in 0..<count {
            let thread = try ServerThread(name: "blocking-\(index)") { self.run() }
            threads.withLock { $0.append(thread) }
        }
    }

    /// Queued and running jobs.
    var count: Int { unfinished.load(ordering: .acquiring) }

    /// - Returns: false when the queue is full; the job will not run then.
    func submit(_ job: @escaping Job) -> Bool {
        let isAccepted = state.withLock { state in
            guard state.queue.count - state.head < limit, !state.isClosed else { return false }
            state.queue.append(job)
            unfinished.add(1, ordering: .relaxed)
            return true
        }
        if isAccepted { wakeUp.signal() }
        return isAccepted
    }

    /// Lets the threads go once the queue is empty. Does not wait.
    func close() {
        let count = threads.withLock { $0.count }
        state.withLock { $0.isClosed = true }
        if count > 0 { wakeUp.signal(times: count) }
    }

    func join() {
        let all = threads.withLock { threads in
            defer { threads = [] }
            return threads
        }
        for thread in all { thread.join() }
    }

    private func run() {
        while true {
            wakeUp.wait()
            // Each job and, at the end, each thread has one signal: no job is left when there is nothing to take.
            guard let job = next() else { return }
            job()
            unfinished.subtract(1, ordering: .releasing)
        }
    }

    private func next() -> Job? {
        state.withLock { state in
            guard state.head < state.queue.count else { return nil }
            let job = state.queue[state.head]
            state.head += 1
            // Jobs that ran are dropped from the front in one go, when they are half of the array.
            if state.head * 2 >= state.queue.count {
                state.queue.removeFirst(state.head)
                state.head = 0
            }
            return job
        }
    }
}
