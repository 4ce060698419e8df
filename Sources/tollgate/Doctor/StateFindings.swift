import Glibc
import Payments
import Storage

/// Whether the state's folder can hold what must not be lost.
struct StateFindings {
    let folder: String
    let nowMilliseconds: Int64

    func all() -> [Finding] {
        guard let status = FileStatus(folder) else {
            return [
                .wrong(
                    "state", "\(folder) is not there, or this user may not look into it",
                    "Run as root. systemd makes the folder at the first start: systemctl start tollgate")
            ]
        }
        return [permissions(status), volume(), space()] + [inodes()].compactMap(\.self) + records()
    }

    // MARK: Records

    /// Reads all of them, as a start does.
    private func records() -> [Finding] {
        guard FileStatus("\(folder)/STORE.json") != nil || FileStatus("\(folder)/journal") != nil else {
            return [
                .warning(
                    "records", "\(folder) holds no store yet",
                    "The first start makes one: systemctl start tollgate. If there was one: tollgate restore"
                )
            ]
        }
        do throws(CommandFailure) {
            let reader = try StateReader(folder: folder)
            let figures = try StateFigures(reader, now: nowMilliseconds)
            let ends = try reader.latest(MerchantKey.self) { key in
                key.validUntil.flatMap { until in
                    key.isActive
                        ? KeyEnd.finding("\(key.name)\" of merchant \(key.merchant)", until: until, nowMilliseconds)
                        : nil
                }
            }
            return findings(about: figures) + ends
        } catch {
            return [
                .wrong(
                    "records", error.description,
                    "Change nothing there. If it is another program's folder, name the right one as \"state\"; else "
                        + "restore the last backup beside it: /usr/share/doc/tollgate/runbook.md, \"Damaged\""
                )
            ]
        }
    }

    func findings(about figures: StateFigures) -> [Finding] {
        [.right("records", "\(figures.lastSequence), each whole")]
            + [future(figures), open(figures), verification(figures)].compactMap(\.self)
    }

    /// nil when no record is of a later time than now.
    private func future(_ figures: StateFigures) -> Finding? {
        let ahead = figures.newest - nowMilliseconds
        guard ahead > 60_000 else { return nil }
        return .wrong(
            "clock",
            "the newest purchase was recorded \(Elapsed.text(ahead)) from now: the clock went back, or was ahead then",
            "Compare: date -u, with the time of day elsewhere; then: timedatectl set-ntp true")
    }

    /// nil when nothing waits for somebody.
    private func open(_ figures: StateFigures) -> Finding? {
        let unknown = figures.unknownPayments + figures.unknownExchanges
        guard unknown + figures.deadDeliveries > 0 else { return nil }
        return .warning(
            "outcomes", "\(unknown) unknown, \(figures.deadDeliveries) notifications given up",
            "See which: tollgate status; /usr/share/doc/tollgate/runbook.md, \"An outcome is unknown\"")
    }

    private func verification(_ figures: StateFigures) -> Finding? {
        let advice = "Once a night: tollgate verify --record"
        guard let last = figures.verification else {
            return .warning("verification", "never recorded", advice)
        }
        if let fault = last.fault {
            return .wrong(
                "verification", "found on \(Moment.text(last.at)): \(Printable.text(fault))",
                "Change nothing there: /usr/share/doc/tollgate/runbook.md, \"Damaged\"")
        }
        let age = nowMilliseconds - last.at
        let found = "\(Elapsed.text(age)) ago, right up to record \(last.lastSequence)"
        return age > 8 * 86_400_000 ? .warning("verification", found, advice) : .right("verification", found)
    }

    // MARK: The folder

    private func permissions(_ status: FileStatus) -> Finding {
        guard status.permissions & 0o077 == 0 else {
            return .warning(
                "state folder", "\(folder) has mode \(status.permissionText); others can look into it",
                "Close it: chmod 0700 \(folder)")
        }
        return .right("state folder", "\(folder), mode \(status.permissionText)")
    }

    private func volume() -> Finding {
        do throws(Storage.FileError) {
            let volume = try PosixFileSystem().volume(of: folder)
            if let refusal = volume.refusal {
                return .wrong("disk", refusal, "Move the folder to a local ext4 or XFS volume and name it as \"state\"")
            }
            if let warning = volume.warnings.first {
                return .wrong("disk", warning, "Move the folder to a journaled local volume, mounted with barriers")
            }
            return .right("disk", "a local volume; what is flushed there stays")
        } catch {
            return .unknown("disk", "its kind could not be found out: \(error)", "Look: findmnt -T \(folder)")
        }
    }

    // MARK: Room

    /// Below it the service would soon have to refuse purchases.
    private static let wantedBytes: UInt64 = 1 << 30
    private static let neededBytes: UInt64 = 64 << 20

    private func space() -> Finding {
        guard let status = fileSystem() else { return .unknown("space", "unknown", "Look: df \(folder)") }
        let free = UInt64(status.f_bavail).multipliedReportingOverflow(by: UInt64(status.f_frsize)).partialValue
        let text = "\(free >> 20) MiB free"
        guard status.f_flag & UInt(ST_RDONLY) == 0 else {
            return .wrong(
                "space", "the volume is mounted read-only: nothing can be recorded",
                "Look why: dmesg | tail. Mend the disk, mount -o remount,rw it, then: systemctl restart tollgate"
            )
        }
        if free < StateFindings.neededBytes {
            return .wrong("space", text, "Make room now (df -h \(folder)): without space every purchase is refused")
        }
        if free < StateFindings.wantedBytes {
            return .warning("space", text, "Make room: at least 1 GiB should be free")
        }
        return .right("space", text)
    }

    /// nil where the file system does not count them (Btrfs, XFS say 0).
    private func inodes() -> Finding? {
        guard let status = fileSystem(), status.f_files > 0 else { return nil }
        let text = "\(status.f_favail) free"
        if status.f_favail < 1000 {
            return .wrong("inodes", text, "Remove small files from the volume: no new journal file can be made soon")
        }
        return .right("inodes", text)
    }

    private func fileSystem() -> statvfs? {
        var status = statvfs()
        guard unsafe folder.withCString({ unsafe statvfs($0, &status) }) == 0 else { return nil }
        return status
    }
}
