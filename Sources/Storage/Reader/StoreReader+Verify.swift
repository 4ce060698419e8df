package import Payments

/// What a look at every byte of a store found.
package struct Verification: Sendable, Equatable {
    package var segments = 0
    package var snapshots = 0
    package var lines = 0
    package var documents = 0
    package var lastSequence: SequenceNumber = 0
    /// The first damage; nil when every line is right and none is missing.
    package var fault: Fault?
    /// Where a batch was torn that nobody was told of, or is being written at this moment. The next start cuts it.
    package var tornTail: Fault?
}

extension StoreReader {
    /// Checks every line of every file, older generations included: checksums, sequence numbers without a gap, and that
    /// each snapshot follows the segment it is named after.
    package func verify() throws(StoreError) -> Verification {
        let files = try StoreError.wrap { () throws(FileError) in try StoreFiles(fileSystem, layout) }
        let settled = try settledPosition(files)
        var result = Verification()
        var ends: [UInt32: SequenceNumber] = [:]
        var replay = makeReplay()
        var documents = 0
        let count: Replay.Visit = { line, header, _ in
            Put.forEach(in: line, from: header.putsStart) { _ in documents += 1 }
        }
        do throws(StoreError) {
            for number in files.segments {
                try replay.run([.segment(number)], count)
                ends[number] = replay.last
            }
        } catch {
            guard let fault = error.fault else { throw error }
            let isBeingWritten = error.code == .damaged && (replay.last ?? 0) >= settled
            if !isBeingWritten { result.fault = fault }
        }
        if let gap = zip(files.segments, files.segments.dropFirst()).first(where: { $0 + 1 != $1 }) {
            result.fault = result.fault ?? replay.missing(.segment(gap.0 + 1))
        }
        result.segments = files.segments.count
        result.lines = replay.lines
        result.lastSequence = replay.last ?? 0
        result.tornTail = result.fault == nil ? replay.fault : nil
        for number in files.snapshots {
            var replay = makeReplay()
            do throws(StoreError) {
                try replay.run([.snapshot(number)], count)
                if let end = ends[number], end != replay.last {
                    throw .damaged(replay.fault(.snapshot(number), "it does not end where segment \(number) does"))
                }
            } catch {
                guard let fault = error.fault else { throw error }
                result.fault = result.fault ?? fault
            }
            result.snapshots += 1
            result.lines += replay.lines
        }
        result.documents = documents
        return result
    }
}
