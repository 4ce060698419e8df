import CFCGI
import Glibc

/// What an `Exchange` guards: libfcgi's request, and the buffer answers are assembled in.
///
/// libfcgi's own accept loop gives every kept connection a thread. So it never accepts here: it is handed a descriptor
/// that is ready, in `ipcFd`, as if left over from a kept connection. `FCGILibrary.selfTest` proves at start that
/// the linked library plays along.
@safe struct ExchangeState: ~Copyable {
    private let request: UnsafeMutablePointer<FCGX_Request>
    private var header: [UInt8] = []
    private var role = Listener.Role.public
    private var peerUser: UInt32?

    init() {
        unsafe request = .allocate(capacity: 1)
        unsafe request.initialize(to: FCGX_Request())
        _ = unsafe FCGX_InitRequest(request, -1, 0)
        header.reserveCapacity(512)
    }

    deinit {
        unsafe FCGX_Free(request, 1)
        unsafe request.deallocate()
    }

    mutating func receive(from connection: Connection, _ configuration: ServerConfiguration) -> Exchange.Reception {
        let receivedAt = MonotonicClock.nanoseconds
        role = connection.role
        peerUser = role == .admin ? connection.peerUser : nil
        unsafe FCGX_Free(request, 0)
        unsafe request.pointee.ipcFd = connection.descriptor
        // Else the "finish the previous request" step closes the connection.
        unsafe request.pointee.keepConnection = 1
        // A plain close, on error paths too: libfcgi would wait up to 2 s for the peer to close first.
        unsafe FCGX_Detach(request)
        guard unsafe FCGX_Accept_r(request) == 0 else { return .none }
        do throws(Refusal) {
            let parameters = try unsafe Parameters(copying: request.pointee.envp, limits: configuration.limits)
            return received(parameters, configuration, receivedAt)
        } catch {
            _ = discardBody(configuration.limits)
            return .refused(error, routed(configuration, receivedAt))
        }
    }

    /// What is left of a request whose form is refused: method and path, and no header that tells who sends it.
    ///
    /// - Returns: nil when it has neither.
    private func routed(_ configuration: ServerConfiguration, _ receivedAt: UInt64) -> Request? {
        guard
            let parameters = try? unsafe Parameters(
                naming: request.pointee.envp, limits: configuration.limits)
        else { return nil }
        return try? Request(refused: parameters, listener: role, receivedAt: receivedAt, peerUser: peerUser)
    }

    /// The body is read to its end whatever happens: what is left of it would be taken for the next request.
    private mutating func received(
        _ parameters: Parameters, _ configuration: ServerConfiguration, _ receivedAt: UInt64
    ) -> Exchange.Reception {
        let limits = configuration.limits
        let length = Self.contentLength(parameters)
        let mostBytes = limits.bodyBytes(for: role)
        let body = readBody(length.flatMap { $0 <= mostBytes ? $0 : nil } ?? 0)
        let excess = discardBody(limits)
        var refusal: Refusal?
        if let length {
            if length > mostBytes {
                refusal = .bodyTooLarge(limitBytes: mostBytes)
            } else if unsafe body.count < length || FCGX_GetError(request.pointee.in) != 0 {
                refusal = .shortBody
            } else if excess > 0 {
                refusal = .badRequest("The body is longer than CONTENT_LENGTH.")
            }
        } else {
            refusal = .badRequest("CONTENT_LENGTH is not a number.")
        }
        do throws(Refusal) {
            let request = try Request(
                parameters: parameters, body: body, listener: role,
                securityHeaders: configuration.securityHeaders, receivedAt: receivedAt, peerUser: peerUser)
            guard let refusal else { return .request(request) }
            return .refused(refusal, request)
        } catch {
            return .refused(error, routed(configuration, receivedAt))
        }
    }

    /// - Returns: 0 when it is missing or empty, nil when it is no number.
    private static func contentLength(_ parameters: Parameters) -> Int? {
        guard let text = parameters.value("CONTENT_LENGTH") else { return 0 }
        guard text.count <= 15 else { return nil }
        var length = 0
        for digit in text {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
            length = length * 10 + Int(digit - UInt8(ascii: "0"))
        }
        return length
    }

    private func readBody(_ length: Int) -> [UInt8] {
        var body: [UInt8] = []
        guard length > 0 else { return body }
        body.append(addingCapacity: length) { output in
            unsafe output.withUnsafeMutableBufferPointer { buffer, count in
                unsafe count = read(UnsafeMutableRawBufferPointer(buffer))
            }
        }
        return body
    }

    /// - Returns: how much there was beyond what was read. More than the limit allows costs the connection.
    private func discardBody(_ limits: Limits) -> Int {
        // A body of the length announced, which is nearly all of them, takes one look.
        guard unsafe FCGX_GetChar(request.pointee.in) >= 0 else { return 0 }
        var discarded = 1
        let chunk = 4096
        while discarded < limits.discardedBytes {
            let count = unsafe withUnsafeTemporaryAllocation(byteCount: chunk, alignment: 1) { unsafe read($0) }
            discarded += count
            if count < chunk { return discarded }
        }
        unsafe request.pointee.keepConnection = 0
        return discarded
    }

    private func read(_ buffer: UnsafeMutableRawBufferPointer) -> Int {
        let bytes = unsafe buffer.baseAddress?.assumingMemoryBound(to: CChar.self)
        return max(0, Int(unsafe FCGX_GetStr(bytes, Int32(clamping: buffer.count), request.pointee.in)))
    }

    mutating func send(_ response: Response, closing: Bool) -> Exchange.Sent {
        header.removeAll(keepingCapacity: true)
        response.appendHeader(to: &header)
        // Both go to libfcgi's buffer of 8 KB; for most answers that is one write.
        put(header)
        if !response.isBodyWithheld { put(response.body) }
        if closing { unsafe request.pointee.keepConnection = 0 }
        return Exchange.Sent(
            bytes: header.count + (response.isBodyWithheld ? 0 : response.body.count), kept: finish())
    }

    /// Ends the request as `FCGX_Finish_r` does, but leaves its memory to the next `receive`: a worker that frees some
    /// thirty blocks and wants the same again has them from malloc's cache, while the committer, should it send
    /// the answer, would give them back to the arenas of others.
    ///
    /// - Returns: the connection when it stays open.
    private func finish() -> Connection? {
        let failure =
            unsafe FCGX_FClose(request.pointee.err) | FCGX_FClose(request.pointee.out)
            | FCGX_GetError(request.pointee.in)
        guard unsafe failure == 0 && request.pointee.keepConnection != 0 else {
            unsafe FCGX_Free(request, 1)
            return nil
        }
        let connection = unsafe Connection(descriptor: request.pointee.ipcFd, role: role, isNew: false)
        unsafe request.pointee.ipcFd = -1
        return connection
    }

    private func put(_ bytes: [UInt8]) {
        guard !bytes.isEmpty else { return }
        unsafe bytes.withUnsafeBytes { bytes in
            let text = unsafe bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
            // A failed write ends in a closed connection, which `finish` sees to.
            _ = unsafe FCGX_PutStr(text, Int32(clamping: bytes.count), request.pointee.out)
        }
    }
}
