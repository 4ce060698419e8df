import JSON

/// The configuration file's text and name, for messages and for the paths in it.
struct ConfigurationSource {
    static let maximumBytes = 1 << 20

    let file: String
    private let bytes: [UInt8]

    /// - Throws: when the file cannot be read.
    init(file: String) throws(ConfigurationError) {
        self.file = file
        do throws(FileError) {
            bytes = try TextFile.read(file, maximumBytes: ConfigurationSource.maximumBytes)
        } catch {
            throw ConfigurationError(file: file, position: nil, message: error.message)
        }
    }

    /// A file that somebody else read.
    init(file: String, bytes: [UInt8]) {
        self.file = file
        self.bytes = bytes
    }

    /// The file as JSON; comments and trailing commas are allowed.
    func parse() throws(ConfigurationError) -> JSONValue {
        do throws(JSONError) {
            return try JSONDocument(parsing: bytes, limits: .configuration).root
        } catch {
            throw ConfigurationError(file: file, position: error.position(in: bytes), message: error.reason.rawValue)
        }
    }

    func error(at value: JSONValue, _ message: String) -> ConfigurationError {
        let place = JSONError(.expectedValue, at: value.offset).position(in: bytes)
        return ConfigurationError(file: file, position: place, message: message)
    }

    /// A path in the file is relative to the file's folder.
    func resolve(_ path: String) -> String {
        guard !path.hasPrefix("/") else { return path }
        guard let slash = file.lastIndex(of: "/") else { return path }
        return "\(file[...slash])\(path)"
    }
}
