import JSON
import Payments
import Storage

extension StatusReport {
    var json: [UInt8] {
        var writer = JSONWriter(reserving: 1024)
        writer.beginObject()
        writer.member("status", severity.word)
        writer.name("findings")
        writer.beginArray()
        for finding in findings {
            writer.beginObject()
            writer.member("severity", finding.severity.word)
            writer.member("text", finding.text)
            writer.endObject()
        }
        writer.endArray()
        writer.member("running", service != nil)
        if let service {
            writer.member("ready", service.isReady)
            writer.member("startedAt", service.startedAt)
            writer.member("version", service.version)
        }
        if let figures { write(figures, to: &writer) }
        writer.endObject()
        return writer.bytes
    }

    private func write(_ figures: StateFigures, to writer: inout JSONWriter) {
        writer.member("segments", Int64(figures.size.segments))
        writer.member("snapshots", Int64(figures.size.snapshots))
        writer.member("bytes", Int64(figures.size.bytes))
        writer.member("lastSequence", Int64(clamping: figures.lastSequence))
        writer.name("today")
        writer.beginObject()
        for environment in PaymentEnvironment.allCases {
            guard let day = figures.days[environment] else { continue }
            writer.name(environment.rawValue)
            writer.beginObject()
            for status in PurchaseStatus.allCases {
                writer.name(status.rawValue)
                writer.integer(Int64(day.counts[status] ?? 0))
            }
            writer.name("revenueMinorUnits")
            writer.beginObject()
            for entry in day.revenue {
                writer.name(entry.currency)
                writer.integer(entry.minorUnits)
            }
            writer.endObject()
            writer.endObject()
        }
        writer.endObject()
        writer.member("unknownPayments", Int64(figures.unknownPayments))
        writer.member("unknownExchanges", Int64(figures.unknownExchanges))
        writer.member("deadDeliveries", Int64(figures.deadDeliveries))
        if let verification = figures.verification {
            writer.name("verification")
            writer.beginObject()
            writer.member("at", verification.at)
            writer.member("clean", verification.fault == nil)
            writer.member("lastSequence", Int64(clamping: verification.lastSequence))
            writer.endObject()
        }
    }
}
