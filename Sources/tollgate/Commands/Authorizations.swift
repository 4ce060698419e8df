import ArgumentParser
import JSON
import Payments

/// `tollgate authorizations`: merchants' payments, and what became of them.
struct Authorizations: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "authorizations", abstract: "Lists, shows and settles merchants' payments.",
        subcommands: [AuthorizationsList.self, AuthorizationsShow.self, AuthorizationsSettle.self])
}

struct AuthorizationsList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Lists payments, the newest last.",
        discussion: """
            Those whose end is not known are open; the service asks the provider until it is.

            Examples:
              tollgate authorizations list --merchant shop-1
              tollgate authorizations list --open
              tollgate authorizations list --json | jq '.[].id'
            """)

    @OptionGroup var stateOptions: StateOptions
    @Option(help: "Only this merchant's.") var merchant: String?
    @Flag(help: "Only those with an operation whose end is not known.") var open = false
    @Option(help: "At most so many, the newest.") var limit = 100
    @Flag(help: "Print a JSON array of the stored documents.") var json = false

    func validate() throws {
        guard limit > 0 else { throw ValidationError("--limit must be greater than 0.") }
    }

    func run() throws {
        let wanted = merchant.map { MerchantID($0) }
        let found = try StateReader(stateOptions).latest(Payment.self) { payment in
            (wanted == nil || wanted == payment.merchant) && (!open || payment.hasOpenOperations) ? payment : nil
        }.suffix(limit)
        guard json else {
            for payment in found { print(AuthorizationText.line(payment)) }
            if found.isEmpty { Console.error("No payment matches.") }
            return
        }
        var writer = JSONWriter()
        writer.beginArray()
        for payment in found { payment.write(to: &writer) }
        writer.endArray()
        Console.output(writer.bytes)
    }
}

struct AuthorizationsShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Shows one payment with everything that was done with it.",
        discussion: """
            Example:
              tollgate authorizations show kD93mfT0aQ1LxZ77bVcP
            """)

    @Argument(help: "The payment's id.") var id: String
    @OptionGroup var stateOptions: StateOptions
    @Flag(help: "Print the stored document.") var json = false

    func run() throws {
        let wanted = PaymentID(id)
        let found = try StateReader(stateOptions).latest(Payment.self) { $0.paymentID == wanted ? $0 : nil }
        guard let payment = found.first else { throw CommandFailure("There is no payment \(Printable.text(id)).") }
        guard json else { return print(AuthorizationText.page(payment)) }
        var writer = JSONWriter()
        payment.write(to: &writer)
        Console.output(writer.bytes)
    }
}

struct AuthorizationsSettle: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "settle", abstract: "Says what became of an operation whose end is not known.",
        discussion: """
            For when the provider cannot tell the service. Look into the provider's own list first: what is said here \
            is believed, and the merchant is told of it. No provider is called.

            Examples:
              sudo tollgate authorizations settle kD93mfT0aQ1LxZ77bVcP --succeeded pi_3Nx
              sudo tollgate authorizations settle kD93mfT0aQ1LxZ77bVcP --operation 1 --failed "Not in the list"
            """)

    @Argument(help: "The payment's id.") var id: String
    @Option(help: "Which of its operations, as show counts them.") var operation: UInt32 = 0
    @Option(help: "It took place, and the provider calls it so.") var succeeded: String?
    @Option(help: "It did not take place, and why: the merchant reads that.") var failed: String?
    @OptionGroup var options: OperatorOptions
    @Flag(help: "Print one JSON object.") var json = false

    func validate() throws {
        guard (succeeded == nil) != (failed == nil) else {
            throw ValidationError("Say --succeeded with the provider's id, or --failed with the reason.")
        }
    }

    func run() throws {
        let answer = try OperatorLink(options).post("/operator/authorizations/settle") { writer in
            writer.member("id", id)
            writer.member("operation", Int64(operation))
            writer.member("outcome", succeeded == nil ? "failed" : "succeeded")
            if let succeeded { writer.member("providerID", succeeded) }
            if let failed { writer.member("message", failed) }
        }
        if json { return Console.output(Array(answer.bytes)) }
        print("\(answer["action"]?.string ?? "") of \(Printable.text(id)) is \(answer["status"]?.string ?? "").")
    }
}

/// A payment as people read it.
private enum AuthorizationText {
    /// One line: when, what it is, id, merchant, amount, test or live.
    static func line(_ payment: Payment) -> String {
        let first = payment.operations.first
        let state = payment.present?.rawValue ?? first.map { "\($0.action.rawValue) \($0.status.rawValue)" } ?? "-"
        return [
            Moment.text(first?.started ?? 0), state + (payment.hasOpenOperations ? " (open)" : ""),
            payment.paymentID.text, payment.merchant.text, text(payment.amount), payment.mode.rawValue,
        ].joined(separator: "  ")
    }

    static func page(_ payment: Payment) -> String {
        let known: [(String, String?)] = [
            ("payment", payment.paymentID.text), ("merchant", payment.merchant.text), ("alias", payment.alias.text),
            ("amount", text(payment.amount)), ("money", payment.mode.rawValue),
            ("provider", payment.provider.rawValue), ("account", payment.account?.text),
            ("provider's id", payment.providerID?.text), ("method", payment.method.rawValue),
            ("reason", payment.purpose.reason), ("purchase", payment.purpose.purchase),
            ("customer", payment.purpose.customer), ("hold lapses", payment.expires.map(Moment.text)),
            ("cancelled", payment.cancelled.map(Moment.text)),
        ]
        var lines = known.compactMap { name, value in
            value.map { "\((name + ":").padded(to: 16))\(Printable.text($0))" }
        }
        for (number, operation) in payment.operations.enumerated() { lines.append(text(operation, number)) }
        return lines.joined(separator: "\n")
    }

    private static func text(_ operation: PaymentOperation, _ number: Int) -> String {
        let settled = operation.settled.map { ", \(Moment.text($0)) by \(operation.source.rawValue)" } ?? ""
        let message = operation.message.map { ": \(Printable.text($0))" } ?? ""
        let what = "\(operation.action.rawValue) \(text(operation.amount)) \(operation.state.rawValue)"
        return "\("operation \(number):".padded(to: 16))\(what)\(message) (\(Moment.text(operation.started))\(settled))"
    }

    /// Minor units: how many decimals a currency has is the reader's knowledge.
    private static func text(_ money: Money) -> String { "\(money.minorUnits) \(Printable.text(money.currency))" }
}
