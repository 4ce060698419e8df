import ArgumentParser
import Payments

/// Where the commands that change something find the service, or its state when it does not run.
struct OperatorOptions: ParsableArguments {
    /// `make run` makes its operator's socket here, so that the commands it prints work as they are.
    private static let demoSocket = ".run/admin.sock"
    private static let demoConfiguration = "Tests/Demo/tollgate.json"

    @OptionGroup var stateOptions: StateOptions

    @Option(help: "The service's operator socket. Default: the configuration's, or the demo's in the current folder.")
    var adminSocket: String?

    /// The operator's socket; nil when nothing names one.
    func socket() throws -> String? {
        if let adminSocket { return adminSocket }
        if let config = stateOptions.config { return try Configuration.adminSocket(of: config) }
        if stateOptions.isDemo { return OperatorOptions.demoSocket }
        guard TextFile.exists(StateOptions.defaultConfiguration) else { return nil }
        return try Configuration.adminSocket(of: StateOptions.defaultConfiguration)
    }

    var configurationFile: String { OperatorOptions.configurationFile(stateOptions.config) }

    /// The whole configuration, with the state's folder these options name.
    func configuration(_ secrets: SecretSupply = SecretSupply()) throws -> Configuration {
        try OperatorOptions.configuration(for: stateOptions, secrets)
    }

    static func configuration(
        for options: StateOptions, _ secrets: SecretSupply = SecretSupply()
    ) throws -> Configuration {
        var configuration = try Configuration.load(configurationFile(options.config), secrets: secrets)
        configuration.state = try options.folder()
        return configuration
    }

    /// The configuration in the file named, else the machine's, else the demo's in a checkout.
    static func configuration(_ file: String?) throws -> Configuration {
        try Configuration.load(configurationFile(file))
    }

    private static func configurationFile(_ file: String?) -> String {
        if let file { return file }
        let isDemo =
            !TextFile.exists(StateOptions.defaultConfiguration) && TextFile.exists(OperatorOptions.demoConfiguration)
        return isDemo ? OperatorOptions.demoConfiguration : StateOptions.defaultConfiguration
    }
}
