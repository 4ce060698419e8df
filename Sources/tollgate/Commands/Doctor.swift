import ArgumentParser
import JSON
import Payments

/// `tollgate doctor`: what `check` cannot see.
struct Doctor: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Looks at the machine around the service, and says what to do about what is not right.",
        discussion: """
            Looks at the configuration and its secrets, the clock, the state's disk, the socket, nginx's configuration \
            in force and, with --url, sends a signed request to itself the way Stash does. It changes nothing. Run it \
            as root, who may look at all of these. Exits with 1 when something is wrong.

            Examples:
              tollgate doctor
              tollgate doctor --url https://pay.example.com
              tollgate doctor --json | jq '.findings[] | select(.verdict != "right")'
            """)

    @Option(help: "The configuration file.", completion: .file(extensions: ["json"]))
    var config = StateOptions.defaultConfiguration
    @Option(help: "nginx's main configuration file, when it is not the one nginx was built with.")
    var nginxConfig: String?
    @Option(help: "nginx's folder (its option -p), when it is not the one nginx was built with.")
    var nginxPrefix: String?
    @Flag(help: "Print one JSON object.") var json = false

    func run() throws {
        let findings = examine()
        if json {
            printJSON(findings)
        } else {
            for finding in findings { print(finding.text) }
            print(Doctor.summary(findings))
        }
        if findings.contains(where: { $0.verdict == .wrong }) { throw ExitCode.failure }
    }

    private func examine() -> [Finding] {
        let now = Clock.system.milliseconds()
        let configuration: Configuration
        do throws(CommandFailure) {
            configuration = try Configuration.load(config)
        } catch {
            let wrong = Finding.wrong("configuration", "\(error)", "Mend it, then: tollgate check \(config)")
            return [wrong] + ClockFindings.all(nowMilliseconds: now)
        }
        var findings = [
            configuration.warnings.isEmpty
                ? Finding.right("configuration", config)
                : .warning(
                    "configuration", configuration.warnings.joined(separator: "; "), "See: tollgate check \(config)")
        ]
        if configuration.isDemo {
            findings.append(
                .warning(
                    "sample secrets", "\"demo\" is true: anybody knows these keys",
                    "Put your own secrets there and remove \"demo\" before real money flows"))
        }
        if !configuration.isDemo {
            findings += SecretFindings(files: configuration.secretFiles, nowMilliseconds: now).all()
        }
        findings += ClockFindings.all(nowMilliseconds: now)
        findings += StateFindings(folder: configuration.state).all()
        findings += NginxFindings.all(
            options: nginxOptions, socket: configuration.listen?.path ?? "/run/tollgate/tollgate.sock",
            maximumBodyBytes: configuration.maximumBodyBytes)
        return findings
    }

    private var nginxOptions: [String] {
        (nginxConfig.map { ["-c", $0] } ?? []) + (nginxPrefix.map { ["-p", $0] } ?? [])
    }

    private static func summary(_ findings: [Finding]) -> String {
        let wrong = findings.count { $0.verdict == .wrong }
        let warnings = findings.count { $0.verdict == .warning }
        let unknown = findings.count { $0.verdict == .unknown }
        if wrong + warnings + unknown == 0 { return "Everything is right." }
        return "\(wrong) wrong, \(warnings) to look at, \(unknown) unknown; \(findings.count) looked at."
    }

    private func printJSON(_ findings: [Finding]) {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("healthy", !findings.contains { $0.verdict == .wrong })
        writer.name("findings")
        writer.beginArray()
        for finding in findings { finding.write(to: &writer) }
        writer.endArray()
        writer.endObject()
        Console.output(writer.bytes)
    }
}
