import ArgumentParser
import Payments
import Storage

/// `tollgate restore`: is a backup whole, and back with it.
struct Restore: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Checks a backup, and copies it into an empty state folder.",
        discussion: """
            Reads every byte of the backup: the sum of each file, each record's checksum, that none is missing, and that \
            holdings equal the grants. With --into it is then copied into a folder that is empty or not there yet; \
            nothing is ever overwritten. Everything that was recorded after the backup is missing then: what Stash \
            and Stripe have done since must be compared by hand.

            Examples:
              tollgate restore --verify /var/backups/tollgate/2026-11-21
              systemctl stop tollgate.socket tollgate && mv /var/lib/tollgate /var/lib/tollgate.damaged
              tollgate restore /var/backups/tollgate/2026-11-21 --into /var/lib/tollgate
              systemctl start tollgate.socket tollgate
            """)

    @Argument(help: "The backup's folder.", completion: .directory)
    var folder: String
    @Flag(help: "Only check the backup.") var verify = false
    @Option(help: "The state's folder to make; it must be empty or not there yet.", completion: .directory)
    var into: String?

    func validate() throws {
        guard verify || into != nil else {
            throw ValidationError("Say --verify to check the backup, or --into FOLDER to restore it.")
        }
    }

    func run() throws {
        let backup = StoreBackup(folder: folder)
        do throws(StoreError) {
            let manifest = try backup.verify()
            if let difference = try holdingsDifference() { throw StoreError(.damaged, difference) }
            let made = Moment.text(manifest.madeAt)
            print(
                "\(Printable.text(folder)): made \(made) by version \(Printable.text(manifest.version)), "
                    + "\(manifest.files.count) files, all records up to number \(manifest.lastSequence). It is whole.")
            guard let into else { return }
            try backup.restore(manifest, into: into)
            print("\(Printable.text(into)): restored. Start the service.")
        } catch {
            throw CommandFailure("backup \(Printable.text(folder)): \(error.message)")
        }
        if let into { try StoreOwner.give(into) }
    }

    private func holdingsDifference() throws(StoreError) -> String? {
        do throws(CommandFailure) {
            return try StateReader(folder: folder).audit().difference().map { "Holdings do not add up: \($0)." }
        } catch {
            throw StoreError(.damaged, error.description)
        }
    }
}
