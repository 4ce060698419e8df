package import Payments

/// The first place in a store's files where something is wrong.
package struct Fault: Sendable, Equatable {
    package let file: String
    /// Counted from 1; 0 when the file as a whole is meant.
    package let line: Int
    /// The offset of that line.
    package let byte: Int
    /// The sequence number expected there; 0 when it cannot be told.
    package let sequence: SequenceNumber
    package let reason: String

    /// Such as `journal/000000000042.jsonl, line 7 (byte 5120, seq 812): the checksum does not match`.
    package var text: String {
        guard line > 0 else { return "\(file): \(reason)" }
        return "\(file), line \(line) (byte \(byte), seq \(sequence)): \(reason)"
    }
}
