import API
import Glibc
import Payments
import Stripe

/// Where `serve` finds its configuration, and what its command line says instead of it: the same at every reload.
struct ServeOptions: Sendable {
    /// The configuration's path, without links.
    let file: String
    var state: String?
    var socket: String?
    var adminSocket: String?
    var stripeConnectURL: BaseURL?
    var stripeAPIURL: BaseURL?

    init(file: String, state: String?, socket: String?, adminSocket: String?) {
        self.file = RealPath.of(file) ?? file
        self.state = state
        self.socket = socket
        self.adminSocket = adminSocket
    }

    /// - Parameter secrets: what goes before the service's own copies.
    func load(_ secrets: SecretSupply = SecretSupply()) throws(CommandFailure) -> Configuration {
        adapted(try Configuration.load(file, secrets: secrets))
    }

    /// What somebody else read.
    func load(_ bundle: ConfigurationBundle) throws(CommandFailure) -> Configuration {
        guard bundle.file.hasSameBytes(as: file) else {
            throw CommandFailure("The service was started with \(file), which is not \(bundle.file).")
        }
        let source = ConfigurationSource(file: file, bytes: bundle.text)
        do throws(ConfigurationError) {
            return adapted(try ConfigurationReader.read(source, SecretSupply(handedOver: bundle.secrets)))
        } catch {
            throw CommandFailure(error.description)
        }
    }

    private func adapted(_ configuration: Configuration) -> Configuration {
        var configuration = configuration
        if let state { configuration.state = state }
        if let socket {
            configuration.listen = Configuration.SocketSettings(
                path: socket, mode: configuration.listen?.mode ?? 0o660, group: configuration.listen?.group)
        }
        if let adminSocket {
            configuration.admin = Configuration.SocketSettings(
                path: adminSocket, mode: configuration.admin?.mode ?? 0o600, group: configuration.admin?.group)
        }
        configuration.stripe?.redirect(connect: stripeConnectURL, api: stripeAPIURL)
        return configuration
    }
}

/// A path without links and dots (realpath(3)); nil when there is nothing.
enum RealPath {
    static func of(_ path: String) -> String? {
        guard let text = unsafe realpath(path, nil) else { return nil }
        defer { unsafe free(text) }
        return unsafe String(cString: text)
    }
}
