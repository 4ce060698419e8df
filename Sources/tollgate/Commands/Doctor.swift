import ArgumentParser
import JSON
import Payments
import Stripe

/// `tollgate doctor`: what `check` cannot see.
struct Doctor: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Looks at the machine around the service, and says what to do about what is not right.",
        discussion: """
            Looks at the configuration and its secrets, the clock, the state's disk, the socket, nginx's configuration \
            in force and, with --url, sends a signed request to itself the way Stash does, with a body that is \
            refused. It changes nothing. Run it as root, who may look at all of these. Exits with 1 when something is \
            wrong.

            Examples:
              tollgate doctor
              tollgate doctor --url https://pay.example.com
              tollgate doctor --url https://pay.example.com --cacert /etc/nginx/pay-certificate.pem
              tollgate doctor --json | jq '.findings[] | select(.verdict != "right")'
            """)

    @OptionGroup var options: OperatorOptions
    @Option(help: "Scheme, host and port Stash calls. Default: stripe.publicURL of the configuration, if it is there.")
    var url: String?
    @Option(help: "A PEM file of the authority to believe instead of the system's; for self-signed certificates.")
    var cacert: String?
    @Option(help: "nginx's main configuration file, when it is not the one nginx was built with.")
    var nginxConfig: String?
    @Option(help: "nginx's folder (its option -p), when it is not the one nginx was built with.")
    var nginxPrefix: String?
    @Flag(help: "Print one JSON object.") var json = false

    /// Who looks for faults must not wait a minute for each.
    private static let patienceMilliseconds = 5000

    func run() throws {
        let findings = try examine()
        if json {
            printJSON(findings)
        } else {
            for finding in findings { print(finding.text) }
            print(Doctor.summary(findings))
        }
        if findings.contains(where: { $0.verdict == .wrong }) { throw ExitCode.failure }
    }

    private func examine() throws -> [Finding] {
        let now = Clock.system.milliseconds()
        let url = try publicURL()
        let file = options.configurationFile
        let configuration: Configuration
        do {
            configuration = try options.configuration(SecretSupply(toleratesOpenFiles: true))
        } catch let error as CommandFailure {
            let wrong = Finding.wrong("configuration", error.description, "Mend it, then: tollgate check \(file)")
            return [wrong] + ClockFindings.all(nowMilliseconds: now)
        }
        var findings = [
            configuration.warnings.isEmpty
                ? Finding.right("configuration", file)
                : .warning(
                    "configuration", configuration.warnings.joined(separator: "; "), "See: tollgate check \(file)")
        ]
        findings += secrets(configuration, now) + ClockFindings.all(nowMilliseconds: now)
        findings += StateFindings(folder: configuration.state, nowMilliseconds: now).all()
        findings += ServiceFindings(
            link: try OperatorLink(options, timeoutMilliseconds: Doctor.patienceMilliseconds),
            holder: StoreHolder(of: configuration.state)
        ).all()
        findings += NginxFindings.all(
            options: nginxOptions, socket: configuration.listen?.path ?? "/run/tollgate/tollgate.sock",
            maximumBodyBytes: configuration.maximumBodyBytes)
        return findings + ownRequest(to: url ?? configuration.stripe?.publicURL, configuration)
    }

    private func publicURL() throws(CommandFailure) -> BaseURL? {
        guard let url else { return nil }
        do throws(SettingError) {
            return try BaseURL(url)
        } catch {
            throw CommandFailure("--url: \(error.message).")
        }
    }

    private func secrets(_ configuration: Configuration, _ now: Int64) -> [Finding] {
        guard configuration.isDemo else {
            return SecretFindings(configuration, nowMilliseconds: now).all()
        }
        return [
            .warning(
                "sample secrets", "\"demo\" is true: anybody knows these keys",
                "Put your own secrets there and remove \"demo\" before real money flows")
        ]
    }

    private func ownRequest(to url: BaseURL?, _ configuration: Configuration) -> [Finding] {
        guard let url else {
            return [
                .unknown(
                    "own request", "not made: nobody said where Stash calls",
                    "Say it: tollgate doctor --url https://pay.example.com")
            ]
        }
        return OwnRequest(url: url, authorities: cacert, configuration: configuration).all()
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
