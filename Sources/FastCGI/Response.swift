/// An answer, and what must be durable before it may leave.
package struct Response: Sendable {
    package var status: Int
    /// Beside Content-Type and Content-Length, which the server writes itself.
    package var headers: [(name: String, value: String)]
    package var contentType: String
    package var body: [UInt8]
    /// The journal position that must be durable before anyone may see this answer; 0 when it depends on nothing.
    package var durableAt: UInt64
    package var tally = ResponseTally()
    /// The answer to HEAD: the header tells of the body, which is not sent (RFC 9110, section 9.3.2).
    package var isBodyWithheld = false
    /// Made once and read once, while the answer is handed on often: a copy would count up six references.
    private(set) var kept: Kept

    package var note: ResponseNote {
        get { kept.note }
        set { kept = Kept(newValue) }
    }

    /// The note's, without a copy of the rest.
    package var subject: String? { kept.note.subject }

    package init(
        status: Int, headers: [(name: String, value: String)] = [], contentType: String = "application/json",
        body: [UInt8] = [], durableAt: UInt64 = 0, note: ResponseNote = ResponseNote()
    ) {
        self.status = status
        self.headers = headers
        self.contentType = contentType
        self.body = body
        self.durableAt = durableAt
        kept = Kept(note)
    }

    final class Kept: Sendable {
        let note: ResponseNote

        init(_ note: ResponseNote) {
            self.note = note
        }
    }
}
