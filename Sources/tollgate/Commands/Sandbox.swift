import ArgumentParser
import JSON
import Payments

/// `tollgate sandbox`: the built-in provider.
struct Sandbox: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sandbox", abstract: "Shows what the built-in provider was asked.",
        subcommands: [SandboxCallsCommand.self])
}

struct SandboxCallsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "calls", abstract: "Counts the calls of the built-in provider since the state was made.",
        discussion: """
            Repetitions of a call count as well, so that a test can see that a payment was made once.

            Examples:
              tollgate sandbox calls
              tollgate sandbox calls --json | jq .authorize
            """)

    @OptionGroup var stateOptions: StateOptions
    @Flag(help: "Print one JSON object.") var json = false

    func run() throws {
        let calls = try StateReader(stateOptions).latest(SandboxCalls.self) { $0 }.first ?? SandboxCalls()
        let counts: [(StaticString, Int64)] = [
            ("authorize", calls.authorize), ("preauthorize", calls.preauthorize), ("capture", calls.capture),
            ("reverse", calls.reverse), ("refund", calls.refund),
        ]
        guard json else {
            for (name, count) in counts { print("\("\(name):".padded(to: 14))\(count)") }
            // Look-ups move no money, so programs that add the numbers up must not see them.
            return print("\("look-up:".padded(to: 14))\(calls.lookUp)")
        }
        var writer = JSONWriter()
        writer.beginObject()
        for (name, count) in counts { writer.member(name, count) }
        writer.endObject()
        Console.output(writer.bytes)
    }
}
