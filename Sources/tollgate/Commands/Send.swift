import API
import ArgumentParser
import JSON
import Payments

/// `tollgate send`: calls as Stash and merchants make them, for rehearsal and for CI.
struct Send: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "send",
        abstract: "Makes signed calls through HTTPS, as Stash or a merchant does, and checks the answers.",
        discussion: """
            One or more of register, confirm, cancel, purchase and authorize, which are made for each transaction in \
            the order given. Exits with 1 when an answer is not the one a right service gives. Test transactions are \
            recorded and granted like any other: keys of a PRODUCTION shop are used only with --environment PRODUCTION.

            --duplicate makes every call twice and demands the same answer twice. --reorder makes all calls in random \
            order, as retries over a network may arrive; the answers that are right then are more.

            Examples:
              tollgate send confirm --url https://pay.example.com --player p-77 --item sword_123:1:999
              tollgate send register confirm --url https://pay.example.com --count 1000 --duplicate
              tollgate send register confirm cancel --reorder --duplicate --count 100 --seed 7
              tollgate send purchase --cacert .run/nginx/certificate.pem --url https://127.0.0.1:8443
              tollgate send authorize --key merchant-key --alias aliasOk0000000000000 --url https://pay.example.com
            """)

    @Argument(help: "register, confirm, cancel, purchase or authorize; several in their order.")
    var operations: [SendOperation]
    @OptionGroup var options: SendOptions
    @Option(help: "How many transactions.") var count = 1
    @Option(help: "How many callers at the same time.") var connections = 8
    @Flag(help: "Make every call twice.") var duplicate = false
    @Flag(help: "Make all calls in random order.") var reorder = false
    @Option(help: "The order of --reorder: the same number, the same order.") var seed: UInt64?
    @Flag(help: "Print one JSON object.") var json = false

    func validate() throws {
        guard !operations.isEmpty else { throw ValidationError("Say what to send: register, confirm, cancel, …") }
        guard (1...1_000_000).contains(count) else { throw ValidationError("--count must be from 1 to 1000000.") }
        guard (1...256).contains(connections) else { throw ValidationError("--connections must be from 1 to 256.") }
        guard Set(operations).count == operations.count else {
            throw ValidationError("Each operation can be there once; --duplicate makes every call twice.")
        }
        let isMixed = operations.contains(.purchase) || operations.contains(.authorize)
        guard !isMixed || operations.count == 1 else {
            throw ValidationError("purchase and authorize are made by themselves, without other operations.")
        }
    }

    func run() throws {
        let (target, shop) = try options.target(for: operations)
        var generator = SeededGenerator(seed: seed ?? UInt64.random(in: .min ... .max))
        let purchases = try options.purchases(count: count, shop: shop)
        let plan = SendPlan(
            operations, for: purchases, isDuplicated: duplicate, isReordered: reorder, using: &generator)
        let bar = ProgressBar(total: plan.count)
        let summary = try SendRun(plan, to: target).finish(connections: connections) { done, unexpected in
            bar.show(done, unexpected == 0 ? "" : "\(unexpected) unexpected")
        }
        bar.end()
        if json { Console.output(summary.json) } else { print(summary.text) }
        if summary.unexpected > 0 { throw ExitCode.failure }
    }
}

/// SplitMix64 (Steele, Lea, Flood 2014): a small generator whose order can be repeated. Never for secrets.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
