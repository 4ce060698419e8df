import CCurl
import Glibc

/// One HTTP caller that keeps its connection, as Stash's servers and merchants' do.
///
/// Certificates are always verified. A dead kept connection may make libcurl send a call again, which is harmless here:
/// every call of the sender carries its idempotency key.
@safe final class SendConnection {
    struct Answer {
        var status: Int
        var body: [UInt8]
        /// From the first byte sent to the last received; the first call of a connection includes its making.
        var microseconds: Int64
    }

    private static let maximumBodyBytes = 256 * 1024
    private let handle: UnsafeMutableRawPointer
    private let received: Received

    private static let library: CURLcode = {
        _ = signal(SIGPIPE, SIG_IGN)
        return libcurl_global_init(Int(CURL_GLOBAL_DEFAULT))
    }()

    /// - Parameters:
    ///   - authorities: a PEM file of the authorities to believe instead of the system's.
    ///   - purpose: what the user agent says beside our name.
    init(authorities: String?, timeoutMilliseconds: Int, purpose: StaticString = "send") throws(CommandFailure) {
        guard SendConnection.library == CURLE_OK, let handle = unsafe libcurl_easy_init() else {
            throw CommandFailure("libcurl cannot be used: \(SendConnection.text(SendConnection.library))")
        }
        unsafe self.handle = handle
        received = Received(maximumBytes: SendConnection.maximumBodyBytes)
        try set(CURLOPT_PROTOCOLS_STR, "http,https")
        try set(CURLOPT_PROXY, "")
        try set(CURLOPT_NOPROXY, "*")
        try set(CURLOPT_FOLLOWLOCATION, 0)
        try set(CURLOPT_NOSIGNAL, 1)
        try set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        try set(CURLOPT_SSL_VERIFYPEER, 1)
        try set(CURLOPT_SSL_VERIFYHOST, 2)
        try set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        try set(CURLOPT_CONNECTTIMEOUT_MS, min(timeoutMilliseconds, 10_000))
        try set(CURLOPT_TIMEOUT_MS, timeoutMilliseconds)
        try set(CURLOPT_USERAGENT, "Tollgate/\(Version.text) \(purpose)")
        if let authorities { try set(CURLOPT_CAINFO, authorities) }
        try check(unsafe libcurl_set_writer(handle, CURLOPT_WRITEFUNCTION, Received.take))
        let context = unsafe Unmanaged.passUnretained(received).toOpaque()
        try check(unsafe libcurl_set_pointer(handle, CURLOPT_WRITEDATA, context))
    }

    deinit {
        unsafe libcurl_easy_cleanup(handle)
    }

    /// - Throws: why there is no answer.
    func send(_ method: String, _ url: String, headers: [[UInt8]], body: [UInt8]) throws(CommandFailure) -> Answer {
        received.body = []
        try set(CURLOPT_URL, url)
        try set(CURLOPT_CUSTOMREQUEST, method)
        var list: UnsafeMutablePointer<curl_slist>?
        defer { unsafe libcurl_slist_free_all(list) }
        let common = ["Content-Type: application/json", "Expect:"].map { Array($0.utf8) }
        for header in headers + common {
            let text = header.map { CChar(bitPattern: $0) } + [0]
            let longer = unsafe text.withUnsafeBufferPointer { unsafe libcurl_slist_append(list, $0.baseAddress) }
            guard let longer = unsafe longer else { throw CommandFailure("No memory is left.") }
            unsafe list = longer
        }
        try check(unsafe libcurl_set_pointer(handle, CURLOPT_HTTPHEADER, list))
        let code = try perform(body)
        guard code == CURLE_OK else { throw CommandFailure(SendConnection.text(code)) }
        return Answer(status: number(CURLINFO_RESPONSE_CODE), body: received.body, microseconds: duration)
    }

    private func perform(_ body: [UInt8]) throws(CommandFailure) -> CURLcode {
        try set(CURLOPT_POSTFIELDSIZE, body.count)
        return unsafe body.withUnsafeBytes { bytes in
            let data = unsafe UnsafeMutableRawPointer(mutating: bytes.baseAddress)
            let code = unsafe libcurl_set_pointer(handle, CURLOPT_POSTFIELDS, data)
            return code == CURLE_OK ? unsafe libcurl_easy_perform(handle) : code
        }
    }

    private func set(_ option: CURLoption, _ value: Int) throws(CommandFailure) {
        try check(unsafe libcurl_set_long(handle, option, value))
    }

    /// libcurl copies the text.
    private func set(_ option: CURLoption, _ text: String) throws(CommandFailure) {
        try check(unsafe libcurl_set_text(handle, option, text))
    }

    private func check(_ code: CURLcode) throws(CommandFailure) {
        guard code == CURLE_OK else { throw CommandFailure("libcurl: \(SendConnection.text(code))") }
    }

    private func number(_ info: CURLINFO) -> Int {
        var value = 0
        return unsafe libcurl_info_long(handle, info, &value) == CURLE_OK ? value : 0
    }

    private var duration: Int64 {
        var value: curl_off_t = 0
        return unsafe libcurl_info_offset(handle, CURLINFO_TOTAL_TIME_T, &value) == CURLE_OK ? Int64(value) : 0
    }

    private static func text(_ code: CURLcode) -> String {
        guard let text = unsafe libcurl_easy_strerror(code) else { return "error \(code.rawValue)" }
        return unsafe String(cString: text)
    }

    /// An answer's body as it comes, up to a limit.
    private final class Received {
        var body: [UInt8] = []
        private let maximumBytes: Int

        init(maximumBytes: Int) {
            self.maximumBytes = maximumBytes
        }

        /// libcurl's CURLOPT_WRITEFUNCTION. Anything but the count it was given ends the transfer.
        static let take: @convention(c) (UnsafeMutablePointer<CChar>?, Int, Int, UnsafeMutableRawPointer?) -> Int = {
            data, _, count, context in
            guard let data = unsafe data, let context = unsafe context else { return 0 }
            let received = unsafe Unmanaged<Received>.fromOpaque(context).takeUnretainedValue()
            guard received.body.count + count <= received.maximumBytes else { return 0 }
            unsafe received.body.append(contentsOf: UnsafeRawBufferPointer(start: data, count: count))
            return count
        }
    }
}
