extension Configuration {
    /// - Throws: a `CommandFailure` that says what is wrong and where.
    static func load(_ file: String) throws(CommandFailure) -> Configuration {
        do throws(ConfigurationError) {
            return try ConfigurationReader.read(file)
        } catch {
            throw CommandFailure(error.description)
        }
    }
}
