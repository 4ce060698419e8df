import JSON
import Payments

/// The document of these tests: a counter with a name, which keeps members it does not know.
struct Account: Document, Equatable {
    static let kind = DocumentKind("account")
    var id: DocumentID
    var balance: Int64
    /// Members of a newer version, as they came.
    var unknown: [(name: String, value: [UInt8])] = []

    static func make(_ id: String = "a-1", balance: Int64 = 1) -> Account {
        Account(id: DocumentID(id), balance: balance)
    }

    private init(id: DocumentID, balance: Int64) {
        self.id = id
        self.balance = balance
    }

    init(json: JSONValue) throws(DocumentError) {
        guard let id = json["id"]?.string, let balance = json["balance"]?.integer else {
            throw DocumentError("An account needs an id and a balance.")
        }
        self.init(id: DocumentID(id), balance: balance)
        for (name, value) in json.members where !name.equals("id") && !name.equals("balance") {
            unknown.append((name.string ?? "", Array(value.bytes)))
        }
    }

    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.name("id")
        writer.string(id.text)
        writer.name("balance")
        writer.integer(balance)
        for member in unknown {
            writer.name(member.name)
            writer.raw(member.value)
        }
        writer.endObject()
    }

    static func == (left: Account, right: Account) -> Bool {
        left.id == right.id && left.balance == right.balance && left.unknown.elementsEqual(right.unknown, by: ==)
    }
}
