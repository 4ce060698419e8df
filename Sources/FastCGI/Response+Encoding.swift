extension Response {
    /// Appends the CGI header of the answer, up to and with the empty line before the body.
    func appendHeader(to buffer: inout [UInt8]) {
        var length = Self.fixedLength + contentType.utf8.count
        for header in headers { length += header.name.utf8.count + header.value.utf8.count + 4 }
        // Named, because a closure that captures an answer copies it.
        let (status, headers, contentType, bodyLength) = (status, headers, contentType, body.count)
        buffer.append(addingCapacity: length) { output in
            output.append(text: "Status: ")
            output.append(decimal: status)
            output.append(text: Self.phrase(status))
            if bodyLength > 0 {
                output.append(text: "\r\nContent-Type: ")
                output.append(headerText: contentType)
            }
            if status != 204 && status != 304 {
                output.append(text: "\r\nContent-Length: ")
                output.append(decimal: bodyLength)
            }
            for header in headers {
                output.append(text: "\r\n")
                output.append(headerText: header.name)
                output.append(text: ": ")
                output.append(headerText: header.value)
            }
            output.append(text: "\r\n\r\n")
        }
    }

    /// More than everything but the headers and the content type takes.
    private static let fixedLength = 160

    /// The reason phrase with its space. Clients ignore it; people who read traces do not.
    private static func phrase(_ status: Int) -> StaticString {
        switch status {
        case 200: " OK"
        case 201: " Created"
        case 202: " Accepted"
        case 204: " No Content"
        case 302: " Found"
        case 303: " See Other"
        case 304: " Not Modified"
        case 400: " Bad Request"
        case 401: " Unauthorized"
        case 402: " Payment Required"
        case 403: " Forbidden"
        case 404: " Not Found"
        case 405: " Method Not Allowed"
        case 406: " Not Acceptable"
        case 409: " Conflict"
        case 412: " Precondition Failed"
        case 413: " Content Too Large"
        case 415: " Unsupported Media Type"
        case 422: " Unprocessable Content"
        case 429: " Too Many Requests"
        case 500: " Internal Server Error"
        case 502: " Bad Gateway"
        case 503: " Service Unavailable"
        case 504: " Gateway Timeout"
        default: ""
        }
    }
}
