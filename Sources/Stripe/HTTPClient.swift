import CCurl
import Glibc

/// A blocking HTTP client over libcurl for requests that must not be repeated: one request, one connection, no retry.
///
/// Certificates and host names are always verified; there is no way to switch that off. No redirects are followed, no
/// proxy is taken from the environment, no cookies are kept.
struct HTTPClient: Sendable {
    private let settings: HTTPSettings

    init(_ settings: HTTPSettings) {
        self.settings = settings
    }

    /// Sends the request and waits for the whole answer, at most as long as the settings allow.
    func send(_ request: HTTPRequest) -> HTTPOutcome {
        guard request.isSendable else { return .neverSent(reason: "the request holds a byte that cannot be sent") }
        do throws(CurlError) {
            var handle = try CurlHandle()
            try prepare(&handle, for: request)
            let answer = HTTPAnswerBuffer(maximumBytes: request.maximumAnswerBytes)
            return exchange(request, handle, answer)
        } catch {
            // A setting libcurl does not know, such as a protocol it was built without: nothing was sent.
            return .neverSent(reason: error.text)
        }
    }

    private func exchange(
        _ request: HTTPRequest, _ handle: borrowing CurlHandle, _ answer: HTTPAnswerBuffer
    ) -> HTTPOutcome {
        do throws(CurlError) {
            switch request.method {
            case .get: try handle.perform(nil, into: answer)
            case .post(let form): try handle.perform(form, into: answer)
            }
        } catch {
            return failure(error, handle, answer)
        }
        return .answered(
            HTTPAnswer(
                status: handle.number(CURLINFO_RESPONSE_CODE), body: answer.body,
                requestID: answer.header("request-id"),
                isReplayed: answer.header("idempotent-replayed") == "true",
                shouldRetry: answer.header("stripe-should-retry").map { $0 == "true" }))
    }

    private func failure(
        _ error: CurlError, _ handle: borrowing CurlHandle, _ answer: HTTPAnswerBuffer
    ) -> HTTPOutcome {
        let reason = handle.failureText.isEmpty ? error.text : handle.failureText
        if answer.isTooLarge { return .maybeSent(.tooLarge, reason: "the answer is larger than the limit") }
        if wasNeverSent(error, handle) { return .neverSent(reason: reason) }
        return .maybeSent(error.code == CURLE_OPERATION_TIMEDOUT ? .timedOut : .broken, reason: reason)
    }

    /// Only what is certain: no byte of the request was handed to the connection, and the fault is one of the time
    /// before that.
    private func wasNeverSent(_ error: CurlError, _ handle: borrowing CurlHandle) -> Bool {
        guard handle.number(CURLINFO_REQUEST_SIZE) == 0 else { return false }
        switch error.code {
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY, CURLE_COULDNT_CONNECT, CURLE_SSL_CONNECT_ERROR,
            CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER, CURLE_SSL_CACERT_BADFILE,
            CURLE_SSL_ISSUER_ERROR, CURLE_SSL_INVALIDCERTSTATUS, CURLE_SSL_ENGINE_INITFAILED,
            CURLE_UNSUPPORTED_PROTOCOL, CURLE_URL_MALFORMAT, CURLE_FAILED_INIT, CURLE_INTERFACE_FAILED,
            CURLE_UNKNOWN_OPTION, CURLE_BAD_FUNCTION_ARGUMENT:
            return true
        case CURLE_OPERATION_TIMEDOUT:
            // Before the connection stood; over TLS, before the peer had proven who it is.
            return handle.microseconds(CURLINFO_CONNECT_TIME_T) == 0
                || (handle.text(CURLINFO_SCHEME)?.lowercased() == "https"
                    && handle.microseconds(CURLINFO_APPCONNECT_TIME_T) == 0)
        default: return false
        }
    }

    // MARK: Options

    private func prepare(_ handle: inout CurlHandle, for request: HTTPRequest) throws(CurlError) {
        try handle.set(CURLOPT_URL, request.base.text + request.path)
        try limit(handle, to: request.base.scheme)
        try requireVerification(handle)
        try handle.set(CURLOPT_USERAGENT, settings.userAgent)
        for header in request.headers { try handle.add(header: header) }
        switch request.method {
        case .get: try handle.set(CURLOPT_HTTPGET, 1)
        case .post:
            try handle.set(CURLOPT_POST, 1)
            try handle.add(header: Array("Content-Type: application/x-www-form-urlencoded".utf8))
            // A body that waits for "100 Continue" would leave open for longer whether it was sent.
            try handle.add(header: Array("Expect:".utf8))
        }
        try handle.add(header: Array("Accept: application/json".utf8))
    }

    private func limit(_ handle: borrowing CurlHandle, to scheme: BaseURL.Scheme) throws(CurlError) {
        try handle.set(CURLOPT_PROTOCOLS_STR, scheme.rawValue)
        try handle.set(CURLOPT_FOLLOWLOCATION, 0)
        try handle.set(CURLOPT_PROXY, "")
        try handle.set(CURLOPT_NOPROXY, "*")
        try handle.set(CURLOPT_NETRC, 0)
        // HTTP/2 lets a server refuse a stream, after which libcurl sends the request again.
        try handle.set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        try handle.set(CURLOPT_FRESH_CONNECT, 1)
        try handle.set(CURLOPT_FORBID_REUSE, 1)
        try handle.set(CURLOPT_NOSIGNAL, 1)
        // A name server that does not answer must not hold us longer than the time-out.
        try handle.set(CURLOPT_QUICK_EXIT, 1)
        try handle.set(CURLOPT_CONNECTTIMEOUT_MS, settings.connectTimeoutMilliseconds)
        try handle.set(CURLOPT_TIMEOUT_MS, settings.totalTimeoutMilliseconds)
    }

    private func requireVerification(_ handle: borrowing CurlHandle) throws(CurlError) {
        try handle.set(CURLOPT_SSL_VERIFYPEER, 1)
        try handle.set(CURLOPT_SSL_VERIFYHOST, 2)
        try handle.set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        if let certificates = settings.authorities.certificates {
            try handle.set(CURLOPT_CAINFO_BLOB, bytes: certificates)
        }
    }
}
