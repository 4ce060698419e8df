import FoundationEssentials
import JSON
import Payments

/// What a service is asked to put in force.
package enum ReloadOffer: Sendable {
    /// What the service finds itself, with the rights it has.
    case own
    /// What `tollgate reload` read: systemd gives the service copies of its secrets at start only, and root can read
    /// the files as they are now.
    case bundle(ConfigurationBundle)
    /// What `tollgate reload` found cannot be put in force; the service only tells why.
    case unusable(file: String, reason: String)
}

/// A configuration and the secrets it names, read in one go.
package struct ConfigurationBundle: Sendable {
    /// The configuration's own path, without links.
    package var file: String
    package var text: [UInt8]
    /// By absolute path.
    package var secrets: [(path: String, bytes: [UInt8])]

    package init(file: String, text: [UInt8], secrets: [(path: String, bytes: [UInt8])]) {
        self.file = file
        self.text = text
        self.secrets = secrets
    }
}

/// What is in force now.
package struct ReloadReport: Sendable {
    package var summary: String
    /// What is allowed but should be changed.
    package var warnings: [String]

    package init(summary: String, warnings: [String]) {
        self.summary = summary
        self.warnings = warnings
    }
}

/// `POST /operator/reload`: an empty object, or what `tollgate reload` read.
struct ReloadRequest: RequestBody {
    let offer: ReloadOffer

    init(_ body: WireObject, _ call: borrowing Call) throws(PaymentError) {
        guard let file = try body.value("file")?.string else {
            offer = .own
            return
        }
        if let reason = try body.value("unusable")?.string {
            offer = .unusable(file: file, reason: reason)
            return
        }
        var secrets: [(path: String, bytes: [UInt8])] = []
        // As many as there are keys; a list of a request would end at a hundred.
        guard let list = try body.value("secrets"), list.kind == .array else {
            throw body.fault("secrets", "must be a list")
        }
        for element in list.elements {
            let secret = WireObject(element, at: .element(list: "secrets", index: secrets.count))
            guard let path = try secret.value("path")?.string else { throw secret.fault("path", "is required") }
            secrets.append((path: path, bytes: try secret.base64("content")))
        }
        offer = .bundle(ConfigurationBundle(file: file, text: try body.base64("configuration"), secrets: secrets))
    }

    var subject: String { "configuration" }
}

extension WireObject {
    fileprivate func base64(_ name: WireName) throws(PaymentError) -> [UInt8] {
        guard let text = try value(name)?.string, let bytes = Data(base64Encoded: Data(text.utf8)) else {
            throw fault(name, "must be base64")
        }
        return [UInt8](bytes)
    }
}

struct ReloadResponse: ResponseBody {
    let report: ReloadReport

    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("inForce", report.summary)
        writer.name("warnings")
        writer.beginArray()
        for warning in report.warnings { writer.string(warning) }
        writer.endArray()
        writer.endObject()
    }
}

extension OperatorEndpoints {
    @Sendable func reload(_ request: ReloadRequest, _ call: Call) throws(PaymentError) -> Committed<ReloadResponse> {
        Committed(result: ReloadResponse(report: try reload(request.offer).get()), sequence: 0)
    }
}
