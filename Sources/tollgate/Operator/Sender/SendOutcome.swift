import JSON

/// What became of a call, short enough to count: the HTTP status and, where the answer's body decides, what it says.
struct SendOutcome: Hashable, Sendable {
    let label: String

    /// A call without an answer.
    init(failure: String) {
        label = "no answer: \(failure)"
    }

    init(_ operation: SendOperation, status: Int, body: [UInt8]) {
        guard let detail = SendOutcome.detail(operation, status, body) else {
            label = String(status)
            return
        }
        label = "\(status) \(detail)"
    }

    private static func detail(_ operation: SendOperation, _ status: Int, _ body: [UInt8]) -> String? {
        guard let root = try? JSONDocument(parsing: body).root else { return "not JSON" }  // said that way
        switch operation {
        case .purchase, .confirm: return nil
        case .authorize:
            return root["status"]?.string ?? root["error_code"]?.string.map { "error \($0)" }
        case .cancel:
            return root["status"]?.string.map { short($0, "PURCHASE_CANCELLATION_STATUS_") }
        case .register:
            // One refused item refuses all: the first that is not registered tells.
            let statuses = (root["statuses"]?.elements.compactMap { $0["status"]?.string } ?? []).map {
                short($0, "PURCHASE_REGISTRATION_STATUS_")
            }
            return statuses.first { !$0.hasPrefix("SUCCESS") } ?? statuses.first
        }
    }

    private static func short(_ status: String, _ prefix: String) -> String {
        status.hasPrefix(prefix) ? String(status.dropFirst(prefix.count)) : status
    }
}
