/// Why a setting of this room cannot be used: a sentence for the administrator, free of secrets.
package struct SettingError: Error, Sendable, Equatable {
    package let message: String

    init(_ message: String) {
        self.message = message
    }
}
