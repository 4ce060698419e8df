import Glibc
import JSON
import Payments
import Storage

/// A document whose content follows from its id, so that a checker knows what must be there without having seen it.
struct Record: Document {
    static let kind = DocumentKind("record")
    let id: DocumentID
    /// Two letters and 520 to 919 more of them, as ministore.c pads its records.
    let body: String

    init(_ id: String) {
        self.id = DocumentID(id)
        var hash: UInt64 = 1_469_598_103_934_665_603  // FNV-1a
        for byte in id.utf8 { hash = (hash ^ UInt64(byte)) &* 1_099_511_628_211 }
        let letters = (0..<48).map { UInt8(ascii: "a") + UInt8((hash >> $0) % 26) }
        let count = 520 + Int(hash % 400)
        body = String(decoding: (0..<count).map { letters[$0 % 48] }, as: UTF8.self)
    }

    init(json: JSONValue) throws(DocumentError) {
        guard let id = json["id"]?.string, let body = json["body"]?.string else { throw DocumentError("No record.") }
        self.id = DocumentID(id)
        self.body = body
    }

    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("id", id.text)
        writer.member("body", body)
        writer.endObject()
    }
}

extension Record {
    /// Puts the record and its writer's tally in one transaction: by turns for the committer to flush, in a batch that
    /// waits for its flush, and in one that begins its flush, at once or when others have come, and ends it later.
    ///
    /// - Parameter event: the writer's eventfd.
    func put(
        as writer: String, count: Int64, in repository: JournalRepository, signalling event: Int32
    ) throws(PaymentError) -> SequenceNumber {
        var result = Result<SequenceNumber, PaymentError>.success(0)
        let run = {
            do throws(PaymentError) {
                let sequence = try repository.perform(reading: []) { transaction in
                    transaction.put(self)
                    transaction.put(Tally(writer, count: count))
                }
                result = .success(sequence)
            } catch {
                result = .failure(error)
            }
        }
        switch count % 3 {
        case 0: run()
        case 1: repository.batch(run)
        default:
            var due = repository.batch(signalling: event, run)
            while let nanoseconds = due {
                usleep(UInt32(clamping: nanoseconds / 1000))
                due = repository.batch(signalling: event) {}
            }
            repository.endFlush(waits: true)
        }
        return try result.get()
    }
}

/// How many records of a writer there are: put with each of them, so that half of a transaction would be seen.
struct Tally: Document {
    static let kind = DocumentKind("tally")
    let id: DocumentID
    var count: Int64

    init(_ writer: String, count: Int64) {
        id = DocumentID(writer)
        self.count = count
    }

    init(json: JSONValue) throws(DocumentError) {
        guard let id = json["id"]?.string, let count = json["count"]?.integer else { throw DocumentError("No tally.") }
        self.init(id, count: count)
    }

    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("id", id.text)
        writer.member("count", count)
        writer.endObject()
    }
}
