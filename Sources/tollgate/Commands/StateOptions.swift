import ArgumentParser
import Payments

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
        if let config { return try Configuration.state(of: config) }
        if isDemo { return StateOptions.demoState }
        return try Configuration.state(of: StateOptions.defaultConfiguration)
    }
}

extension StateOptions {
    /// Whether the current folder is a checkout whose demo was started, on a machine without a configuration.
    var isDemo: Bool {
        !TextFile.exists(StateOptions.defaultConfiguration) && TextFile.exists(StateOptions.demoState)
    }
}

/// Narrows a look-up when several shops, or both environments, know the same id.
struct ShopOptions: ParsableArguments {
    @Option(help: "Only this shop.")
    var shop: String?

    @Option(help: "Only TEST or only PRODUCTION.")
    var environment: PaymentEnvironment?

    func match(_ shop: ShopID, _ environment: PaymentEnvironment) -> Bool {
        if let wanted = self.shop, ShopID(wanted) != shop { return false }
        if let wanted = self.environment, wanted != environment { return false }
        return true
    }

    /// The one thing found.
    ///
    /// - Throws: when there is none, or more than one, with what to do about it.
    func only<Found>(
        _ found: [Found], _ name: String, _ place: (Found) -> (ShopID, PaymentEnvironment)
    ) throws(CommandFailure) -> Found {
        guard let first = found.first else { throw CommandFailure("There is no \(Printable.text(name)).") }
        guard found.count == 1 else {
            let places = found.map { "  --shop \(place($0).0) --environment \(place($0).1.rawValue)" }
            throw CommandFailure(
                "There are \(found.count) of \(Printable.text(name)); say which:\n" + places.joined(separator: "\n"))
        }
        return first
    }
}

extension PaymentEnvironment: ExpressibleByArgument {}
