import Glibc
import Storage

// crash-store write DIR THREADS SECONDS [SEED]   prints "ACK <ns> <id>" for each durable record
// crash-store check DIR                          recovers, prints "HAVE <id>" or "TORN …"; exit 3 when refused
// crash-store speed DIR THREADS SECONDS WINDOW | fill DIR COUNT | open DIR

/// The closures of threads must not be written here: code in main.swift is bound to the main thread.
func run(_ arguments: [String]) throws(StoreError) -> Int32 {
    guard arguments.count > 2 else { return 2 }
    let directory = arguments[2]
    func number(_ index: Int, or other: Double) -> Double {
        arguments.count > index ? Double(arguments[index]) ?? other : other
    }
    switch arguments[1] {
    case "write":
        let seed = arguments.count > 5 ? arguments[5] : String(monotonicNanoseconds() & 0xFFFFFF)
        return try CrashStore(directory: directory)
            .write(threads: Int(number(3, or: 8)), seconds: number(4, or: 1), seed: seed)
    case "check": return try CrashStore(directory: directory).check()
    case "speed":
        return try Measurement(directory: directory).throughput(
            threads: Int(number(3, or: 2)), seconds: number(4, or: 2), window: Int(number(5, or: 64)))
    case "fill": return try Measurement(directory: directory).fill(Int(number(3, or: 1)))
    case "open": return try Measurement(directory: directory).open()
    default: return 2
    }
}

do throws(StoreError) {
    exit(try run(CommandLine.arguments))
} catch {
    stop("REFUSED \(error.message)", code: 3)
}
