import ArgumentParser
import FastCGI
import Glibc
import Payments

/// `tollgate export`: the records for a spreadsheet or another program.
struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Writes purchases or payments of a time as CSV or JSON lines.",
        discussion: """
            A purchase counts for the moment it was decided (confirmed, cancelled or registered), a payment's operation \
            for the moment it began; --from is included, --to is not. Times are ISO 8601 in UTC, amounts are minor \
            units. CSV is RFC 4180 with a header line; a text that a spreadsheet would compute begins with an \
            apostrophe. The state is read once more than it is long and never held in memory. The service may run.

            Examples:
              tollgate export --from 2026-11-01 --to 2026-12-01 > november.csv
              tollgate export --format jsonl --environment PRODUCTION | jq -r 'select(.state=="confirmed") | .player'
              tollgate export --kind payments --from 2026-11-21T00:00:00Z
            """)

    enum Kind: String, CaseIterable, ExpressibleByArgument {
        case purchases, payments
    }

    @OptionGroup var stateOptions: StateOptions
    @OptionGroup var shopOptions: ShopOptions
    @Option(help: "From this moment on (2026-11-21, 2026-11-21T10:00:00Z or milliseconds since 1970).")
    var from: Moment?
    @Option(help: "Until before this moment.") var to: Moment?
    @Option(help: "csv or jsonl.") var format = ExportFormat.csv
    @Option(help: "purchases (what players bought) or payments (what merchants charged).") var kind = Kind.purchases

    func validate() throws {
        if let from, let to, from.milliseconds >= to.milliseconds {
            throw ValidationError("--from must be before --to.")
        }
        if kind == .payments, shopOptions.shop != nil || shopOptions.environment != nil {
            throw ValidationError("--shop and --environment are for purchases; payments belong to merchants.")
        }
    }

    func run() throws {
        let reader = try StateReader(stateOptions)
        let now = Clock.system.milliseconds()
        switch kind {
        case .purchases:
            try write(Purchase.self, PurchaseExport.columns, from: reader) { purchase in
                let key = purchase.purchaseKey
                guard shopOptions.match(key.shop, key.environment) else { return [] }
                return PurchaseExport.rows(purchase, now: now)
            }
        case .payments: try write(Payment.self, PaymentExport.columns, from: reader, PaymentExport.rows)
        }
    }

    private func write<D: Document>(
        _ type: D.Type, _ columns: [String], from reader: StateReader, _ rows: (D) -> [ExportRow]
    ) throws {
        var output = BufferedOutput()
        output.append(format.header(columns))
        try reader.forEachLatest(type) { document in
            for row in rows(document) where isWanted(row.at) { output.append(format.line(row, columns)) }
        }
        output.flush()
        guard !output.isBroken else { throw CommandFailure("Standard output takes no more; the export is not whole.") }
    }

    private func isWanted(_ moment: Int64) -> Bool {
        if let from, moment < from.milliseconds { return false }
        if let to, moment >= to.milliseconds { return false }
        return true
    }
}

/// Standard output in large pieces.
struct BufferedOutput {
    private static let pieceBytes = 64 * 1024
    private var buffer: [UInt8] = []
    /// Whether something could not be written.
    private(set) var isBroken = false

    mutating func append(_ bytes: [UInt8]) {
        buffer += bytes
        if buffer.count >= BufferedOutput.pieceBytes { flush() }
    }

    mutating func flush() {
        // After a failure there is nobody to write to.
        if !isBroken, SystemCall.writeWhole(buffer, to: STDOUT_FILENO) < buffer.count { isBroken = true }
        buffer.removeAll(keepingCapacity: true)
    }
}
