import ArgumentParser
import JSON
import Payments
import Storage

/// `tollgate backup`: a copy of the state that is known to be whole.
struct Backup: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Copies the state into a new folder, while the service runs, and checks the copy.",
        discussion: """
            The copy holds every record up to one moment: the newest snapshot and all journal segments. Each file is \
            flushed to the disk, read again as a start would read it, and listed with its SHA-256 in BACKUP.json, \
            which is written last: a folder without it is no backup. Secrets are not part of the state, except sealed \
            ones, which need the sealing key of the configuration.

            Examples:
              sudo tollgate backup /var/backups/tollgate/$(date +%F)
              tollgate restore --verify /var/backups/tollgate/2026-11-21
            """)

    @Argument(help: "The folder to make; it must be empty or not there yet.", completion: .directory)
    var folder: String
    @OptionGroup var stateOptions: StateOptions
    @Flag(help: "Print the backup's list of files as JSON.") var json = false

    func run() throws {
        let reader = try StateReader(stateOptions)
        let made = try reader.backUp(into: StoreBackup(folder: folder), now: Clock.system.milliseconds())
        if json { return Console.output(made.json) }
        print(
            "\(Printable.text(folder)): \(made.files.count) files, \(made.bytes) bytes, all records up to number "
                + "\(made.lastSequence). The copy was read and is whole.")
    }
}

extension StoreBackup {
    init(folder: String) {
        self.init(
            directory: folder.count > 1 && folder.hasSuffix("/") ? String(folder.dropLast()) : folder,
            lineBytes: JournalConfiguration().lineBytes, fileSystem: PosixFileSystem())
    }
}
