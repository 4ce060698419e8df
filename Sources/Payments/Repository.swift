/// A position in the journal: everything up to it is durable, or not yet. 0 is before all.
package typealias SequenceNumber = UInt64

/// Where the domain's documents live. Storage conforms to it over files and over memory.
///
/// A change of state is a closure given to `transaction`: it reads and puts several documents, and either all of its
/// puts become one atomic journal line or none does. Transactions are serializable. The closure only touches memory;
/// it must not call out, block, or have effects beside its puts.
package protocol Repository: AnyObject, Sendable {
    /// Runs `body` and returns the journal position its result depends on: that of its own puts, or, for a read, the
    /// highest position among the documents it saw. The result may leave the process once that position is durable.
    ///
    /// - Parameter keys: documents the body will probably want; they are brought into memory before the lock is taken.
    /// - Throws: what `body` throws (nothing is changed then, `sequence` is set), or `unavailable` / `overloaded`.
    func perform(
        reading keys: [DocumentKey], _ body: (inout Transaction) throws(PaymentError) -> Void
    ) throws(PaymentError) -> SequenceNumber

    /// Blocks the calling thread until `sequence` is durable. For callers that act on the outside world, and for tools.
    func waitUntilDurable(_ sequence: SequenceNumber) throws(PaymentError)
}

extension Repository {
    /// Runs `body` as `perform` does, and hands over what it returned.
    @inline(__always) package func transaction<Result>(
        reading keys: [DocumentKey] = [], _ body: (inout Transaction) throws(PaymentError) -> Result
    ) throws(PaymentError) -> Committed<Result> {
        try Committed(in: self, reading: keys, body)
    }
}

/// A result, and the journal position that must be durable before anyone outside may hear of it.
package struct Committed<Result> {
    package var result: Result
    package var sequence: SequenceNumber

    package init(result: Result, sequence: SequenceNumber) {
        self.result = result
        self.sequence = sequence
    }

    /// Here and not in the extension of `Repository`: a closure there belongs to the unknown type of a repository, and
    /// the compiler would not specialise it for `Result`.
    fileprivate init(
        in repository: any Repository, reading keys: [DocumentKey],
        _ body: (inout Transaction) throws(PaymentError) -> Result
    ) throws(PaymentError) {
        var result: Result?
        let sequence = try repository.perform(reading: keys) { transaction throws(PaymentError) in
            result = try body(&transaction)
        }
        guard let result else { throw PaymentError(.unavailable, "The transaction was not run.") }
        self.init(result: result, sequence: sequence)
    }
}
