import Glibc
import Synchronization

extension Server {
    /// Finishes the requests in flight, and returns when there are none, or the drain time-out is over.
    ///
    /// The store must go on calling `release` meanwhile: answers that wait for it are requests in flight.
    ///
    /// - Parameter notifier: whose descriptor store the open connections go to, so that the next process serves what
    ///   comes over them. Without one, what has arrived is served and the connections are closed.
    package func stop(handingOverTo notifier: SystemdNotifier? = nil) {
        let deadline = MonotonicClock.nanoseconds + UInt64(configuration.drainTimeoutMilliseconds) * 1_000_000
        let isHandingOver = notifier?.isActive ?? false
        isDraining.store(!isHandingOver, ordering: .relaxed)
        stopLatch.signal()
        let threads = takeThreads()
        // A worker may wait for a disk that does not answer: its callers are told so, and its connections handed over.
        wait(until: deadline) { threads.allSatisfy(\.hasEnded) }
        let ended = threads.filter(\.hasEnded)
        for thread in ended { thread.join() }
        if !isHandingOver, ended.count == threads.count { serveRest(until: deadline) }
        lane.close()
        wait(until: deadline) { self.lane.count == 0 && self.held.count == 0 }
        // Whether what still waits will ever be durable is unknown: that is what its callers are told.
        failHeld()
        if lane.count == 0 { lane.join() }
        let open = connections.takeAll()
        if isHandingOver { notifier?.store(open) }
        for connection in open { connection.close() }
    }

    private func takeThreads() -> [ServerThread] {
        threads.withLock { threads in
            defer { threads = [] }
            return threads
        }
    }

    /// Requests that arrived before the workers stopped. Each connection is closed after its answer, so this ends.
    private func serveRest(until deadline: UInt64) {
        for worker in workers {
            worker.listenToConnectionsOnly(stop: stopLatch)
            while MonotonicClock.nanoseconds < deadline {
                let ready = worker.events.wait(timeoutNanoseconds: 0)
                guard ready.count > 0 else { break }
                serve(ready)
            }
        }
    }

    private func wait(until deadline: UInt64, _ condition: () -> Bool) {
        while !condition(), MonotonicClock.nanoseconds < deadline { _ = usleep(1000) }
    }
}
