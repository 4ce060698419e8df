import API
import Glibc
import Storage

/// What Prometheus expects of every process (its client libraries' "process metrics"), from proc(5).
struct ProcessMetrics: Sendable {
    /// When the process started, milliseconds since the Unix epoch. Taken from the clock: /proc/stat, which tells when
    /// the machine did, is hidden by the unit's ProcSubset=pid.
    let startedAt: Int64

    func write(to text: inout MetricsText) {
        text.single(.buildInfo, 1, [("version", Version.text), ("swift", CompilerVersion.text)])
        var usage = rusage()
        if unsafe getrusage(RUSAGE_SELF.rawValue, &usage) == 0 {
            text.single(.processCPU, ProcessMetrics.seconds(usage.ru_utime) + ProcessMetrics.seconds(usage.ru_stime))
        }
        if let pages = ProcessMetrics.pages() {
            let pageBytes = Double(sysconf(Int32(_SC_PAGESIZE)))
            text.single(.processVirtual, Double(pages.virtual) * pageBytes)
            text.single(.processResident, Double(pages.resident) * pageBytes)
        }
        // As above: without /proc there is nothing to count.
        if let names = try? PosixFileSystem().list("/proc/self/fd") {
            text.single(.processDescriptors, Double(names.count))
        }
        var limit = rlimit()
        if unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 {
            text.single(.processDescriptorLimit, Double(limit.rlim_cur))
        }
        text.single(.processStart, Double(startedAt) / 1000)
    }

    private static func seconds(_ time: timeval) -> Double {
        Double(time.tv_sec) + Double(time.tv_usec) / 1_000_000
    }

    /// The first two numbers of /proc/self/statm.
    private static func pages() -> (virtual: Int64, resident: Int64)? {
        // Hidden where /proc is not mounted: two metrics are missing then.
        guard let bytes = try? TextFile.read("/proc/self/statm", maximumBytes: 4096) else { return nil }
        let numbers = String(decoding: bytes, as: UTF8.self).split(separator: " ").prefix(2).compactMap { Int64($0) }
        guard numbers.count == 2 else { return nil }
        return (numbers[0], numbers[1])
    }
}

/// The compiler this was built with, as far as it tells.
enum CompilerVersion {
    #if compiler(>=6.4)
        static let text = "6.4 or later"
    #elseif compiler(>=6.3)
        static let text = "6.3"
    #else
        static let text = "before 6.3"
    #endif
}
