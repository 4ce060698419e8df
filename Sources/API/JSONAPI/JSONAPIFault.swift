import FastCGI
import JSON
import Payments

/// A refusal of the JSON:API routes: one or more faults, each with its place.
struct JSONAPIFault: Error {
    /// The response's status; each error object repeats its own.
    let status: Int
    let errors: [JSONAPIErrorObject]
    /// The journal position this refusal depends on.
    var sequence: SequenceNumber = 0
    /// For the request's log line.
    var subject: String?
    var reason: String?

    init(_ error: JSONAPIErrorObject) {
        status = error.status
        errors = [error]
    }

    init(_ status: Int, _ source: JSONAPIErrorObject.Source? = nil, title: String, detail: String) {
        self.init(JSONAPIErrorObject(status: status, source: source, title: title, detail: detail))
    }

    /// - Parameter errors: at least one; all of one status, or 422 stands for them.
    init(_ errors: [JSONAPIErrorObject]) {
        let first = errors.first?.status ?? 422
        status = errors.allSatisfy { $0.status == first } ? first : 422
        self.errors = errors
    }

    /// What the domain refused, in the form of these routes.
    init(_ error: PaymentError) {
        self.init(JSONAPIError.object(of: error))
        sequence = error.sequence
        subject = error.subject
        reason = error.reason?.description
    }

    /// Runs a call of the domain, which throws in its own words.
    static func translating<Result>(
        _ body: () throws(PaymentError) -> Result
    ) throws(JSONAPIFault) -> Result {
        do throws(PaymentError) {
            return try body()
        } catch {
            throw JSONAPIFault(error)
        }
    }

    var response: Response {
        var writer = JSONWriter(reserving: 192 * errors.count)
        writer.beginObject()
        writer.name("errors")
        writer.beginArray()
        for error in errors { error.write(to: &writer) }
        writer.endArray()
        writer.jsonAPIVersion()
        writer.endObject()
        var response = Response(status: status, contentType: JSONAPI.mediaType, body: writer.bytes, durableAt: sequence)
        if status == 503 { response.headers.append(("Retry-After", "1")) }
        response.note.subject = subject
        response.note.reason = reason
        return response
    }
}
