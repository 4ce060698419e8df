import JSON
import Payments

/// The file of Open Event's events and users that the configuration names.
enum EventsFile {
    /// Some hundred thousand events.
    private static let maximumBytes = 64 << 20

    /// - Throws: what is wrong with it, with its own name, line and column.
    static func read(
        _ stripe: ConfigurationObject, _ source: ConfigurationSource
    ) throws(ConfigurationError) -> EventDirectory {
        guard let path = try stripe.path("events") else {
            throw stripe.fault("\"stripe.events\" is missing: the file of the events and who runs them")
        }
        let bytes: [UInt8]
        do throws(FileError) {
            bytes = try TextFile.read(path, maximumBytes: maximumBytes)
        } catch {
            throw stripe.fault(at: "events", "events \(path): \(error.message)")
        }
        let root = try parse(bytes, path)
        do throws(EventDirectoryError) {
            return try EventDirectory(json: root)
        } catch {
            throw fault(path, bytes, error.offset, error.message)
        }
    }

    private static func parse(_ bytes: [UInt8], _ path: String) throws(ConfigurationError) -> JSONValue {
        let limits = JSONLimits(nodes: .max, bytes: maximumBytes, allowsComments: true, allowsTrailingCommas: true)
        do throws(JSONError) {
            return try JSONDocument(parsing: bytes, limits: limits).root
        } catch {
            throw fault(path, bytes, error.offset, error.reason.rawValue)
        }
    }

    private static func fault(
        _ path: String, _ bytes: [UInt8], _ offset: Int, _ message: String
    ) -> ConfigurationError {
        let position = JSONError(.expectedValue, at: offset).position(in: bytes)
        return ConfigurationError(file: path, position: position, message: message)
    }
}
