import FastCGI
import JSON
import Payments

/// A successful answer of a JSON:API route, before the conditions of the request are looked at.
struct JSONAPIAnswer {
    var status = 200
    let body: [UInt8]
    /// The absolute URL of what was created.
    var location: String?
    /// The journal position the answer depends on.
    var sequence: SequenceNumber = 0
    /// What the access log names the request by.
    var subject: String?

    /// - Parameter write: writes exactly one JSON object.
    init(status: Int = 200, sequence: SequenceNumber = 0, _ write: (inout JSONWriter) -> Void) {
        self.status = status
        self.sequence = sequence
        var writer = JSONWriter(reserving: 512)
        write(&writer)
        body = writer.bytes
    }

    /// With its ETag; 304 without a body when the request has seen this version already.
    func response(to request: Request) -> Response {
        let tag = EntityTag(of: body)
        var response = Response(
            status: status, headers: [("ETag", tag.headerValue)], contentType: JSONAPI.mediaType, body: body,
            durableAt: sequence)
        if let location { response.headers.append(("Location", location)) }
        response.note.subject = subject
        guard request.method == "GET" || request.method == "HEAD", let seen = request.header("HTTP_IF_NONE_MATCH"),
            tag.isNamed(by: seen)
        else { return response }
        response.status = 304
        response.body = []
        return response
    }
}
