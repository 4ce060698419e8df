/// One request as `HTTPClient` sends it.
struct HTTPRequest {
    enum Method {
        case get
        /// With a form, which may be empty; its content type is sent all the same (section 4.6).
        case post(Form)
    }

    let method: Method
    let base: BaseURL
    /// Path and query, with everything escaped that must be.
    let path: String
    private(set) var headers: [[UInt8]] = []
    /// What of an answer's body is read before the transfer is ended.
    var maximumAnswerBytes = 64 * 1024

    /// What one header line may be long, name included.
    private static let maximumHeaderBytes = 1024

    init(_ method: Method, _ base: BaseURL, _ path: String) {
        self.method = method
        self.base = base
        self.path = path
    }

    /// A value with a byte that would end the line early makes `isSendable` false.
    mutating func add(header name: StaticString, _ value: some Sequence<UInt8>) {
        headers.append(Array("\(name): ".utf8) + value)
    }

    /// Whether every header is one line of printable ASCII, and the path too: nobody's text becomes a second header.
    var isSendable: Bool {
        let isPrintable: (UInt8) -> Bool = { (0x20...0x7E).contains($0) }
        return headers.allSatisfy { $0.count <= HTTPRequest.maximumHeaderBytes && $0.allSatisfy(isPrintable) }
            && path.utf8.first == UInt8(ascii: "/") && path.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    }
}
