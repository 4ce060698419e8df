import Glibc

/// A counting semaphore: what a thread sleeps on until another has something for it.
///
/// Made of a condition because Swift's Glibc module lacks sem_clockwait(3), and sem_timedwait(3) follows the wall clock.
///
/// `@unchecked Sendable`: the pointers never change, and `count` is touched under the mutex only. Synchronization's
/// `Mutex` has no condition to wait for.
@safe package final class Semaphore: @unchecked Sendable {
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let condition: UnsafeMutablePointer<pthread_cond_t>
    private var count = 0

    package init() {
        unsafe mutex = .allocate(capacity: 1)
        unsafe condition = .allocate(capacity: 1)
        _ = unsafe pthread_mutex_init(mutex, nil)
        var attributes = pthread_condattr_t()
        _ = unsafe pthread_condattr_init(&attributes)
        _ = unsafe pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        _ = unsafe pthread_cond_init(condition, &attributes)
        _ = unsafe pthread_condattr_destroy(&attributes)
    }

    deinit {
        _ = unsafe pthread_cond_destroy(condition)
        _ = unsafe pthread_mutex_destroy(mutex)
        unsafe condition.deallocate()
        unsafe mutex.deallocate()
    }

    package func post() {
        _ = unsafe pthread_mutex_lock(mutex)
        count += 1
        _ = unsafe pthread_cond_signal(condition)
        _ = unsafe pthread_mutex_unlock(mutex)
    }

    package func wait() {
        _ = unsafe pthread_mutex_lock(mutex)
        while count == 0 { _ = unsafe pthread_cond_wait(condition, mutex) }
        count -= 1
        _ = unsafe pthread_mutex_unlock(mutex)
    }

    /// Waits at most that long; false when nobody posted.
    package func wait(milliseconds: Int) -> Bool {
        var deadline = timespec()
        _ = unsafe clock_gettime(CLOCK_MONOTONIC, &deadline)
        let nanoseconds = deadline.tv_nsec + milliseconds % 1000 * 1_000_000
        deadline.tv_sec += milliseconds / 1000 + nanoseconds / 1_000_000_000
        deadline.tv_nsec = nanoseconds % 1_000_000_000
        _ = unsafe pthread_mutex_lock(mutex)
        defer { _ = unsafe pthread_mutex_unlock(mutex) }
        while count == 0 {
            if unsafe pthread_cond_timedwait(condition, mutex, &deadline) == ETIMEDOUT { break }
        }
        guard count > 0 else { return false }
        count -= 1
        return true
    }
}
