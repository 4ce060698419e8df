extension Configuration {
    /// The state's folder, as the file names it.
    ///
    /// - Throws: a `CommandFailure` that says what is wrong and where.
    static func state(of file: String) throws(CommandFailure) -> String {
        do throws(ConfigurationError) {
            return try ConfigurationReader.state(file)
        } catch {
            throw CommandFailure(error.description)
        }
    }

    /// The operator's socket, as the file names it.
    ///
    /// - Throws: a `CommandFailure` that says what is wrong and where.
    static func adminSocket(of file: String) throws(CommandFailure) -> String? {
        do throws(ConfigurationError) {
            return try ConfigurationReader.adminSocket(file)
        } catch {
            throw CommandFailure(error.description)
        }
    }

    /// - Throws: a `CommandFailure` that says what is wrong and where.
    static func load(
        _ file: String, secrets: SecretSupply = SecretSupply()
    ) throws(CommandFailure) -> Configuration {
        do throws(ConfigurationError) {
            return try ConfigurationReader.read(file, secrets)
        } catch {
            throw CommandFailure(error.description)
        }
    }
}
