/// Where the files of a store are, and how they are called.
struct StoreLayout: Sendable {
    let root: String

    var lock: String { "\(root)/LOCK" }
    var description: String { "\(root)/STORE.json" }
    var journal: String { "\(root)/journal" }
    var snapshots: String { "\(root)/snapshot" }
    var quarantine: String { "\(root)/quarantine" }

    func directory(of file: FileNumber) -> String { file.isSnapshot ? snapshots : journal }

    func path(_ file: FileNumber) -> String { "\(directory(of: file))/\(Self.padded(file.number)).jsonl" }

    /// What is not finished yet; deleted at the next start.
    func temporary(_ file: FileNumber) -> String { "\(directory(of: file))/\(Self.padded(file.number)).tmp" }

    func quarantined(_ file: FileNumber, from offset: Int) -> String {
        "\(quarantine)/\(Self.padded(file.number))-\(offset).torn"
    }

    /// The segments or snapshots in a directory, ascending. Anything not called like ours is not ours.
    func numbers(_ names: [String]) -> [UInt32] {
        names.compactMap(Self.number).sorted()
    }

    private static func number(of name: String) -> UInt32? {
        guard name.utf8.count == 18, name.hasSuffix(".jsonl") else { return nil }
        let digits = name.utf8.prefix(12)
        guard digits.allSatisfy({ $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }) else { return nil }
        guard let number = UInt32(name.prefix(12)), number > 0, number < 1 << 31 else { return nil }
        return number
    }

    private static func padded(_ number: UInt32) -> String {
        let digits = String(number)
        return String(repeating: "0", count: 12 - digits.count) + digits
    }
}
