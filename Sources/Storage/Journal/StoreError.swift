/// Why a store cannot be opened or read: a sentence for its administrator, with the place when there is one.
package struct StoreError: Error, Sendable, Equatable {
    package enum Code: Sendable, Equatable {
        /// Another process has the store.
        case locked
        /// A newer version wrote it.
        case format
        /// Something that was acknowledged is damaged or missing.
        case damaged
        /// The volume cannot keep what we promise.
        case volume
        /// The system refused a call.
        case system
    }

    package let code: Code
    package let message: String
    package let fault: Fault?

    package init(_ code: Code, _ message: String, at fault: Fault? = nil) {
        self.code = code
        self.message = message
        self.fault = fault
    }

    init(_ error: FileError) {
        self.init(.system, error.text)
    }

    /// Runs system calls and says what became of them in this room's words.
    static func wrap<Result>(_ body: () throws(FileError) -> Result) throws(StoreError) -> Result {
        do throws(FileError) {
            return try body()
        } catch {
            throw StoreError(error)
        }
    }

    static func foreign(_ fault: Fault) -> StoreError {
        StoreError(
            .format, "\(fault.text). A newer version of Tollgate wrote it: run that version, nothing was changed.",
            at: fault)
    }

    static func damaged(_ fault: Fault) -> StoreError {
        StoreError(
            .damaged,
            """
            \(fault.text). Records that were acknowledged cannot be read, so nothing was changed. \
            Restore the file from a backup, or see "Damage" in docs/storage.md.
            """, at: fault)
    }
}
