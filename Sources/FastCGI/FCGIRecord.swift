/// The figures of the FastCGI specification, section 8, that we read or write ourselves.
enum FCGIRecord {
    static let version: UInt8 = 1
    static let beginRequest: UInt8 = 1
    static let endRequest: UInt8 = 3
    static let parameters: UInt8 = 4
    static let standardInput: UInt8 = 5
    static let standardOutput: UInt8 = 6
}
