import CFCGI
import Glibc

/// libfcgi as a whole: prepared once, and proven to do what `ExchangeState` relies on.
enum FCGILibrary {
    /// `FCGX_Init` is not safe to call from two threads; a global is initialized once.
    private static let result: Int32 = {
        let result = FCGX_Init()
        // After it: it puts handlers of its own in the place of an ignored SIGPIPE.
        _ = signal(SIGPIPE, SIG_IGN)
        return result
    }()

    static func prepare() throws(FastCGIError) {
        guard result == 0 else { throw FastCGIError("libfcgi cannot be initialized (FCGX_Init: \(result)).") }
    }
}
