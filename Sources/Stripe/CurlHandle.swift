import CCurl
import Glibc

/// libcurl as a whole, loaded and prepared once.
package enum CurlLibrary {
    private static let result: CURLcode = {
        // With CURLOPT_NOSIGNAL libcurl leaves it to the program to survive a peer that hangs up.
        _ = signal(SIGPIPE, SIG_IGN)
        return libcurl_global_init(Int(CURL_GLOBAL_DEFAULT))
    }()

    static func prepare() throws(CurlError) {
        try CurlError.check(result)
    }

    /// Loads it before the first request comes; takes some milliseconds.
    ///
    /// - Returns: why no request can be sent, in words for the log; nil when all is well.
    package static func load() -> String? {
        do throws(CurlError) {
            try prepare()
            return nil
        } catch {
            return error.text
        }
    }
}

/// What libcurl answered, other than "fine".
struct CurlError: Error {
    let code: CURLcode

    static func check(_ code: CURLcode) throws(CurlError) {
        guard code == CURLE_OK else { throw CurlError(code: code) }
    }

    var text: String {
        guard let text = unsafe libcurl_easy_strerror(code) else { return "libcurl error \(code.rawValue)" }
        return unsafe String(cString: text)
    }
}

/// One easy handle of libcurl and what must live as long as it.
///
/// Each request gets its own. A connection kept from an earlier request would make libcurl repeat a request on a fresh
/// one when the kept one turns out dead, and a repeated exchange costs the organiser the connection.
@safe struct CurlHandle: ~Copyable {
    private let handle: UnsafeMutableRawPointer
    private let reason: UnsafeMutablePointer<CChar>
    private var headers: UnsafeMutablePointer<curl_slist>?

    init() throws(CurlError) {
        try CurlLibrary.prepare()
        guard let handle = unsafe libcurl_easy_init() else { throw CurlError(code: CURLE_FAILED_INIT) }
        unsafe self.handle = handle
        unsafe reason = .allocate(capacity: Int(CURL_ERROR_SIZE))
        unsafe reason.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        unsafe headers = nil
    }

    deinit {
        unsafe libcurl_easy_cleanup(handle)
        unsafe reason.deallocate()
        var next = unsafe headers
        while let line = unsafe next {
            if let text = unsafe line.pointee.data {
                unsafe Memory.wipe(UnsafeMutableRawBufferPointer(start: text, count: strlen(text)))
            }
            unsafe next = line.pointee.next
        }
        unsafe libcurl_slist_free_all(headers)
    }

    func set(_ option: CURLoption, _ value: Int) throws(CurlError) {
        try CurlError.check(unsafe libcurl_set_long(handle, option, value))
    }

    /// libcurl copies the text.
    func set(_ option: CURLoption, _ text: String) throws(CurlError) {
        try CurlError.check(unsafe libcurl_set_text(handle, option, text))
    }

    /// libcurl copies the bytes.
    func set(_ option: CURLoption, bytes: [UInt8]) throws(CurlError) {
        let code = unsafe bytes.withUnsafeBytes { unsafe libcurl_set_bytes(handle, option, $0.baseAddress, $0.count) }
        try CurlError.check(code)
    }

    /// Adds a header line without its line end, NUL-free.
    mutating func add(header: [UInt8]) throws(CurlError) {
        var text = header.map { CChar(bitPattern: $0) } + [0]
        let longer = unsafe text.withUnsafeBufferPointer { unsafe libcurl_slist_append(headers, $0.baseAddress) }
        unsafe text.withUnsafeMutableBytes { unsafe Memory.wipe($0) }
        guard let longer = unsafe longer else { throw CurlError(code: CURLE_OUT_OF_MEMORY) }
        unsafe headers = longer
    }

    /// Sends the request and waits for the answer.
    ///
    /// - Parameter form: of a POST; nil for a GET. libcurl reads it in place.
    func perform(_ form: Form?, into answer: HTTPAnswerBuffer) throws(CurlError) {
        try CurlError.check(unsafe libcurl_set_pointer(handle, CURLOPT_ERRORBUFFER, reason))
        try CurlError.check(unsafe libcurl_set_pointer(handle, CURLOPT_HTTPHEADER, headers))
        try CurlError.check(unsafe libcurl_set_writer(handle, CURLOPT_WRITEFUNCTION, HTTPAnswerBuffer.takeBody))
        try CurlError.check(unsafe libcurl_set_writer(handle, CURLOPT_HEADERFUNCTION, HTTPAnswerBuffer.takeHeader))
        let context = unsafe Unmanaged.passUnretained(answer).toOpaque()
        try CurlError.check(unsafe libcurl_set_pointer(handle, CURLOPT_WRITEDATA, context))
        try CurlError.check(unsafe libcurl_set_pointer(handle, CURLOPT_HEADERDATA, context))
        let code = withExtendedLifetime(answer) {
            guard let form else { return unsafe libcurl_easy_perform(handle) }
            return unsafe form.bytes.withUnsafeBytes { bytes in
                var set = unsafe libcurl_set_long(handle, CURLOPT_POSTFIELDSIZE, bytes.count)
                guard set == CURLE_OK else { return set }
                set = unsafe libcurl_set_pointer(
                    handle, CURLOPT_POSTFIELDS, UnsafeMutableRawPointer(mutating: bytes.baseAddress))
                return set == CURLE_OK ? unsafe libcurl_easy_perform(handle) : set
            }
        }
        try CurlError.check(code)
    }

    func number(_ info: CURLINFO) -> Int {
        var value = 0
        return unsafe libcurl_info_long(handle, info, &value) == CURLE_OK ? value : 0
    }

    /// Microseconds since the transfer began, such as `CURLINFO_APPCONNECT_TIME_T`; 0 when it did not come so far.
    func microseconds(_ info: CURLINFO) -> Int64 {
        var value: curl_off_t = 0
        return unsafe libcurl_info_offset(handle, info, &value) == CURLE_OK ? Int64(value) : 0
    }

    /// A text that libcurl owns, copied.
    func text(_ info: CURLINFO) -> String? {
        var value: UnsafePointer<CChar>?
        guard unsafe libcurl_info_text(handle, info, &value) == CURLE_OK, let value = unsafe value else { return nil }
        return unsafe String(cString: value)
    }

    /// What libcurl says went wrong, for the log; names hosts and certificates, never what was sent.
    var failureText: String { unsafe String(cString: reason) }
}
