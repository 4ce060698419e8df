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

    var configurationFile: String {
        if let config = stateOptions.config { return config }
        return stateOptions.isDemo ? OperatorOptions.demoConfiguration : StateOptions.defaultConfiguration
    }

    /// The whole configuration, with the state's folder these options name.
    func configuration() throws -> Configuration {
        var configuration = try Configuration.load(configurationFile)
        configuration.state = try stateOptions.folder()
        return configuration
    }
}
