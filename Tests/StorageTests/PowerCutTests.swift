import Testing

@testable import Payments
@testable import Storage

/// Cuts the power after every single change of a run with rotation and snapshots, in four ways each.
struct PowerCutTests {
    private let workload = Workload()

    @Test(arguments: [false, true], [1, 2] as [UInt64])
    func `no acknowledged record is lost and none is torn`(_ deletesCovered: Bool, _ seed: UInt64) throws {
        let disk = try run(deletesCovered: deletesCovered) { $0 }
        let result = try check(disk.changes, seed: seed)
        #expect(result.faults.isEmpty, "\(result.faults.prefix(3))")
        #expect(result.acknowledged == workload.threads * workload.rounds)
        #expect(result.cuts > 700)
        #expect(result.snapshots > 0)
    }

    @Test(arguments: PlantedFault.allCases)
    func `the same test finds a planted fault`(_ fault: PlantedFault) throws {
        let disk = try run(deletesCovered: true) { FaultyFileSystem($0, fault) }
        let result = try check(disk.changes, seed: 1, stopsAtFault: true)
        #expect(!result.faults.isEmpty)
    }

    @Test func `a recovery that is cut short is recovered from`() throws {
        let changes = try run(deletesCovered: true) { $0 }.changes
        var random = SplitMix64(state: 3)
        var cut = PowerCut()
        for (number, change) in changes.enumerated() {
            cut.follow(change)
            guard number % 23 == 0 else { continue }
            let first = cut.disk(.sectors, using: &random)
            let disk = SimulatedDisk(first)
            _ = try? open(disk)
            var second = PowerCut(after: first)
            for change in disk.changes {
                second.follow(change)
                let loss = try #require(PowerCut.Loss.allCases.randomElement(using: &random))
                let fault = fault(of: second.disk(loss, using: &random), cut.acknowledged)
                #expect(fault == nil, "after change \(number): \(fault ?? "")")
            }
        }
    }

    private func configuration(deletesCovered: Bool) -> JournalConfiguration {
        .make(
            firstSegmentBytes: 1024, segmentBytes: 1536, lineBytes: 512, snapshotAfterBytes: 2048,
            deletesCovered: deletesCovered, sealAfterMilliseconds: 1)
    }

    private func open(_ fileSystem: any FileSystem) throws -> JournalRepository {
        try JournalRepository(
            directory: "/store", configuration: configuration(deletesCovered: false), fileSystem: fileSystem)
    }

    private func run(
        deletesCovered: Bool, _ wrap: (SimulatedDisk) -> any FileSystem
    ) throws -> SimulatedDisk {
        let disk = SimulatedDisk()
        let repository = try JournalRepository.make(
            "/store", configuration(deletesCovered: deletesCovered), fileSystem: wrap(disk))
        workload.run(on: repository) { disk.acknowledge($0) }
        _ = try repository.makeSnapshot()  // in case the background had no time for one
        repository.close()
        return disk
    }

    private struct Result {
        var cuts = 0
        var acknowledged = 0
        var snapshots = 0
        var faults: [String] = []
    }

    private func check(_ changes: [SimulatedDisk.Change], seed: UInt64, stopsAtFault: Bool = false) throws -> Result {
        var random = SplitMix64(state: seed)
        var cut = PowerCut()
        var result = Result()
        for (number, change) in changes.enumerated() {
            cut.follow(change)
            if case .rename(let name, _, _) = change, name.contains("/snapshot/") { result.snapshots += 1 }
            for loss in PowerCut.Loss.allCases {
                result.cuts += 1
                let content = cut.disk(loss, using: &random)
                guard let fault = fault(of: content, cut.acknowledged) else { continue }
                result.faults.append("after change \(number), \(loss): \(fault)")
                if stopsAtFault { return result }
            }
        }
        result.acknowledged = cut.acknowledged.count
        return result
    }

    private func fault(of content: SimulatedDisk.Content, _ acknowledged: [String]) -> String? {
        do {
            return try workload.fault(in: try open(SimulatedDisk(content)), acknowledged: acknowledged)
        } catch {
            return "\(error)"
        }
    }
}
