import ArgumentParser
import Payments

/// `tollgate check FILE`: like `nginx -t`.
struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Checks a configuration and the secrets it names, without starting anything.",
        discussion: """
            Prints the file, line and column of the first thing that is wrong and exits with 1, or exits with 0. \
            Run it as root, who can read the secrets; the service gets copies of them from systemd.

            Example:
              tollgate check /etc/tollgate/tollgate.json
            """)

    @Argument(help: "The configuration file.", completion: .file(extensions: ["json"]))
    var file = StateOptions.defaultConfiguration

    func run() throws {
        let configuration = try Configuration.load(file)
        for warning in configuration.warnings { Console.error("warning: \(warning)") }
        let shops = configuration.shops.count
        var parts = ["\(shops) \(shops == 1 ? "shop" : "shops")"]
        if let events = configuration.stripe?.events {
            parts.append("\(events.eventCount) \(events.eventCount == 1 ? "event" : "events")")
        }
        print("\(file): the configuration is right (\(parts.joined(separator: ", "))).")
    }
}
