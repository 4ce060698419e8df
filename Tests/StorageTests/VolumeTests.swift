import Synchronization
import Testing

@testable import Storage

/// Which volumes are warned of, and which are refused.
struct VolumeTests {
    private func make(_ type: String, _ options: Set<String> = ["rw"], hasJournal: Bool = false) -> Volume {
        Volume(Mount(type: type, options: options, hasJournal: hasJournal))
    }

    @Test(arguments: ["nfs", "nfs4", "cifs", "smb3", "fuse.sshfs", "9p", "ceph"])
    func `a network or user-space volume is refused`(_ type: String) {
        #expect(make(type).refusal?.contains(type) == true)
    }

    @Test(arguments: ["ext4", "xfs", "btrfs", "zfs", "overlay", ""])
    func `a local volume is not refused`(_ type: String) {
        #expect(make(type, hasJournal: true) == Volume(refusal: nil, warnings: []))
    }

    @Test(
        arguments: [
            ("tmpfs", ["rw"], "memory"), ("ramfs", ["rw"], "memory"), ("ext4", ["rw"], "journal"),
            ("overlay", ["rw", "volatile"], "volatile"), ("xfs", ["rw", "nobarrier"], "barriers"),
        ] as [(String, Set<String>, String)])
    func `a volume that forgets is warned of`(_ type: String, _ options: Set<String>, _ word: String) {
        let volume = make(type, options)
        #expect(volume.refusal == nil)
        #expect(volume.warnings.count == 1 && volume.warnings[0].contains(word))
    }

    @Test func `a refused volume can be forced, and a refusal touches nothing`() throws {
        let disk = SimulatedDisk()
        let remote = RemoteFileSystem(base: disk)
        let error = #expect(throws: StoreError.self) {
            try JournalRepository(directory: "/store", configuration: .make(), fileSystem: remote)
        }
        #expect(error?.code == .volume)
        #expect(disk.content.withLock { $0.names.isEmpty })
        var configuration = JournalConfiguration.make()
        configuration.allowsAnyVolume = true
        _ = try JournalRepository(directory: "/store", configuration: configuration, fileSystem: remote)
    }
}

private struct RemoteFileSystem: FileSystem {
    let base: SimulatedDisk

    func volume(of path: String) throws(FileError) -> Volume {
        Volume(Mount(type: "nfs4", options: [], hasJournal: false))
    }

    func open(_ path: String, _ access: FileAccess) throws(FileError) -> any File { try base.open(path, access) }
    func mkdir(_ path: String) throws(FileError) { try base.mkdir(path) }
    func list(_ path: String) throws(FileError) -> [String] { try base.list(path) }
    func rename(_ path: String, to target: String) throws(FileError) { try base.rename(path, to: target) }
    func unlink(_ path: String) throws(FileError) { try base.unlink(path) }
    func fsyncDirectory(_ path: String) throws(FileError) { try base.fsyncDirectory(path) }
}
