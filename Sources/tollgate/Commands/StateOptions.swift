import ArgumentParser

/// Where the reading commands find the state.
struct StateOptions: ParsableArguments {
    static let defaultConfiguration = "/etc/tollgate/tollgate.json"
    /// `make run` keeps its state here, so that the commands it prints work as they are.
    private static let demoState = ".run/state"

    @Option(help: "The state's folder. Default: the configuration's, or the demo's in the current folder.")
    var state: String?

    @Option(help: "The configuration that names the state's folder (default: \(defaultConfiguration)).")
    var config: String?

    func folder() throws -> String {
        if let state { return state }
        if let config { return try Configuration.load(config).state }
        if !TextFile.exists(StateOptions.defaultConfiguration), TextFile.exists(StateOptions.demoState) {
            return StateOptions.demoState
        }
        return try Configuration.load(StateOptions.defaultConfiguration).state
    }
}

/// Narrows a look-up when several shops, or both environments, know the same id.
struct ShopOptions: ParsableArguments {
    @Option(help: "Only this shop.")
    var shop: String?

    @Option(help: "Only TEST or only PRODUCTION.")
    var environment: String?
}
