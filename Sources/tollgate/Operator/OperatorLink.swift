import API
import FastCGI
import Glibc
import JSON
import Logging
import Payments
import Storage

/// How an operator's command reaches the routes of the operator's socket: through the running service, or in this
/// process when no service holds the store.
///
/// Either way the same route runs, and what comes back is durable.
struct OperatorLink {
    /// Longer than any call to Stripe that a route may make.
    static let timeoutMilliseconds = 60_000

    private let options: OperatorOptions
    private let socket: String?
    private let timeoutMilliseconds: Int

    init(_ options: OperatorOptions, timeoutMilliseconds: Int = OperatorLink.timeoutMilliseconds) throws {
        self.options = options
        self.timeoutMilliseconds = timeoutMilliseconds
        socket = try options.socket()
    }

    /// Whether anything names the operator's socket.
    var knowsSocket: Bool { socket != nil }

    /// Posts one JSON object.
    ///
    /// - Parameters:
    ///   - path: such as `/operator/merchants`.
    ///   - members: writes the object's members.
    /// - Returns: the answer's JSON.
    /// - Throws: a `CommandFailure` with the route's refusal, or why nobody could be asked and what to do.
    func post(_ path: String, _ members: (inout JSONWriter) -> Void = { _ in }) throws -> JSONValue {
        var writer = JSONWriter(reserving: 256)
        writer.beginObject()
        members(&writer)
        writer.endObject()
        if let answer = try askService("POST", path, writer.bytes) { return try read(answer.status, answer.body) }
        let response = try StandaloneRoutes(try options.configuration(), socket: socket).post(path, writer.bytes)
        return try read(response.status, response.body)
    }

    /// Posts one JSON object to the running service, which alone can do what is asked.
    ///
    /// - Throws: as `post`, and when no service runs.
    func postToService(_ path: String, _ members: (inout JSONWriter) -> Void) throws -> JSONValue {
        var writer = JSONWriter(reserving: 4096)
        writer.beginObject()
        members(&writer)
        writer.endObject()
        guard let answer = try askService("POST", path, writer.bytes) else { throw nobodyAnswers }
        return try read(answer.status, answer.body)
    }

    /// Asks the running service for a page that is no JSON.
    ///
    /// - Throws: as `post`, and when no service runs.
    func page(_ path: String) throws -> [UInt8] {
        guard let answer = try askService("GET", path, []) else { throw nobodyAnswers }
        if answer.status != 200 { _ = try read(answer.status, answer.body) }
        return answer.body
    }

    private var nobodyAnswers: CommandFailure {
        guard let socket else {
            return CommandFailure(
                "The configuration names no operator's socket. Put one there "
                    + "(\"admin\": { \"socket\": \"/run/tollgate/admin.sock\" }), or name it with --admin-socket.")
        }
        return CommandFailure("No service answers on \(socket). Is it running? systemctl status tollgate")
    }

    /// Asks the running service; nil when none runs.
    func get(_ path: String) throws -> JSONValue? {
        try askService("GET", path, []).map { try read($0.status, $0.body) }
    }

    /// - Returns: nil when nobody listens, so that the store may be free.
    private func askService(
        _ method: String, _ path: String, _ body: [UInt8]
    ) throws(CommandFailure) -> FastCGIClient.Answer? {
        guard let socket else { return nil }
        let client = FastCGIClient(socket: socket, timeoutMilliseconds: timeoutMilliseconds)
        do throws(FastCGIClientError) {
            return try client.ask(method: method, target: path, body: body)
        } catch {
            switch error {
            case .missing, .refused: return nil
            case .forbidden:
                throw CommandFailure(
                    "You may not use the operator's socket \(socket). Run this command as root (sudo).")
            case .unusable(let reason):
                throw CommandFailure("The operator's socket \(socket) cannot be used: \(reason)")
            case .unanswered(let reason) where method == "GET":
                throw CommandFailure("The service does not answer on \(socket): \(reason)")
            case .unanswered(let reason):
                throw CommandFailure(
                    "The service was asked and did not answer: \(reason) Whether it did what you wanted is unknown: "
                        + "look before you repeat it.")
            }
        }
    }

    private func read(_ status: Int, _ body: [UInt8]) throws(CommandFailure) -> JSONValue {
        let answer: JSONValue
        do throws(JSONError) {
            answer = try JSONDocument(parsing: body, limits: JSONLimits(nodes: .max, bytes: .max)).root
        } catch {
            throw CommandFailure("The service answered \(status), and not in JSON. Is it of another version?")
        }
        guard (200...299).contains(status) else {
            let reason = answer["error"]?.string ?? "The service answered \(status)."
            guard status == 404, reason == "Not found" else { throw CommandFailure(Printable.text(reason)) }
            throw CommandFailure("The running service does not know this command. Restart it to run this version.")
        }
        return answer
    }
}
