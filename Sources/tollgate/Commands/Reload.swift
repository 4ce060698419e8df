import API
import ArgumentParser
import FoundationEssentials
import JSON

/// `tollgate reload`: what `systemctl reload tollgate` runs.
struct Reload: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reload",
        abstract: "Puts the changed configuration in force in the running service, or says why not.",
        discussion: """
            Reads and checks the configuration and every secret it names, as root, and hands both to the service, which \
            puts them in force between two requests. Returns when it is in force (0), or when the old one stays (1, with \
            the reason). No request is lost or sees half of it. The state's folder and the sockets need a restart.

            Example:
              sudo systemctl reload tollgate
            """)

    @OptionGroup var options: OperatorOptions

    func run() throws {
        let file = options.configurationFile
        let path = RealPath.of(file) ?? file
        let bundle: ConfigurationBundle
        var warnings: [String]
        do throws(CommandFailure) {
            (bundle, warnings) = try Reload.bundle(path)
        } catch {
            // The service tells it to whoever looks there: in the unit's status, its log and its metrics.
            _ = try? OperatorLink(options).postToService("/operator/reload") { writer in
                writer.member("file", path)
                writer.member("unusable", error.description)
            }
            throw error
        }
        let answer = try OperatorLink(options).postToService("/operator/reload") { bundle.write(to: &$0) }
        for warning in answer["warnings"]?.elements.compactMap(\.string) ?? [] where !warnings.contains(warning) {
            warnings.append(warning)
        }
        for warning in warnings { Console.error("warning: \(warning)") }
        print("In force: \(answer["inForce"]?.string ?? "").")
    }

    /// - Returns: also what is allowed but should be changed, of which the service sees less.
    /// - Throws: a `CommandFailure` with the first thing that is wrong.
    private static func bundle(_ file: String) throws(CommandFailure) -> (ConfigurationBundle, warnings: [String]) {
        let text = try read(file, maximumBytes: ConfigurationSource.maximumBytes)
        let configuration: Configuration
        do throws(ConfigurationError) {
            configuration = try ConfigurationReader.read(
                ConfigurationSource(file: file, bytes: text), SecretSupply(usesCredentials: false))
        } catch {
            throw CommandFailure(error.description)
        }
        var secrets: [(path: String, bytes: [UInt8])] = []
        for path in configuration.secretFiles {
            secrets.append((path, try read(path, maximumBytes: SecretFiles.maximumBytes)))
        }
        return (ConfigurationBundle(file: file, text: text, secrets: secrets), configuration.warnings)
    }

    private static func read(_ file: String, maximumBytes: Int) throws(CommandFailure) -> [UInt8] {
        do throws(FileError) {
            return try TextFile.read(file, maximumBytes: maximumBytes)
        } catch {
            throw CommandFailure("\(file): \(error.message)")
        }
    }
}

extension ConfigurationBundle {
    /// The members of the request's object.
    fileprivate func write(to writer: inout JSONWriter) {
        writer.member("file", file)
        writer.member("configuration", Data(text).base64EncodedString())
        writer.name("secrets")
        writer.beginArray()
        for secret in secrets {
            writer.beginObject()
            writer.member("path", secret.path)
            writer.member("content", Data(secret.bytes).base64EncodedString())
            writer.endObject()
        }
        writer.endArray()
    }
}
