import Glibc

/// nginx's configuration as `nginx -T` prints it: directives, with the included files in their places.
struct NginxConfiguration {
    let directives: [Directive]

    struct Directive {
        let name: String
        let arguments: [String]
        /// The directives in its braces; nil for a simple one.
        let block: [Directive]?
    }

    /// - Parameter dump: `# configuration file PATH:` before each file's text; the first is the main one.
    init(dump: String) {
        var files: [(path: String, text: String)] = []
        for line in dump.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("# configuration file "), line.hasSuffix(":") {
                files.append((String(line.dropFirst("# configuration file ".count).dropLast()), ""))
            } else if let last = files.indices.last {
                files[last].text += line + "\n"
            }
        }
        guard let main = files.first else {
            directives = []
            return
        }
        let folder = main.path.prefix(upTo: main.path.lastIndex(of: "/") ?? main.path.startIndex)
        directives = NginxConfiguration.parse(main.text, files, String(folder), depth: 0)
    }

    // MARK: Reading

    private static func parse(
        _ text: String, _ files: [(path: String, text: String)], _ folder: String, depth: Int
    ) -> [Directive] {
        var tokens = NginxTokens(text)
        return block(&tokens, files, folder, depth: depth)
    }

    private static func block(
        _ tokens: inout NginxTokens, _ files: [(path: String, text: String)], _ folder: String, depth: Int
    ) -> [Directive] {
        var directives: [Directive] = []
        var words: [String] = []
        // Deeper than anybody nests; a file that includes itself ends here.
        guard depth < 32 else { return [] }
        while let token = tokens.next() {
            switch token {
            case .word(let word): words.append(word)
            case .semicolon:
                if words.first == "include", let pattern = words.last {
                    for file in included(pattern, files, folder) {
                        directives += parse(file.text, files, folder, depth: depth + 1)
                    }
                } else if let name = words.first {
                    directives.append(Directive(name: name, arguments: Array(words.dropFirst()), block: nil))
                }
                words = []
            case .open:
                let inner = block(&tokens, files, folder, depth: depth + 1)
                if let name = words.first {
                    directives.append(Directive(name: name, arguments: Array(words.dropFirst()), block: inner))
                }
                words = []
            case .close: return directives
            }
        }
        return directives
    }

    private static func included(
        _ pattern: String, _ files: [(path: String, text: String)], _ folder: String
    ) -> [(path: String, text: String)] {
        let pattern = pattern.hasPrefix("/") ? pattern : "\(folder)/\(pattern)"
        return files.filter { unsafe fnmatch(pattern, $0.path, FNM_PATHNAME) == 0 }
    }
}

/// Splits nginx's text into words, braces and semicolons; quotes, escapes and comments as nginx reads them.
private struct NginxTokens {
    enum Token {
        case word(String)
        case open, close, semicolon
    }

    private let bytes: [UInt8]
    private var position = 0

    init(_ text: String) {
        bytes = Array(text.utf8)
    }

    mutating func next() -> Token? {
        while position < bytes.count {
            let byte = bytes[position]
            switch byte {
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"): position += 1
            case UInt8(ascii: "#"): skipLine()
            case UInt8(ascii: "{"): return single(.open)
            case UInt8(ascii: "}"): return single(.close)
            case UInt8(ascii: ";"): return single(.semicolon)
            case UInt8(ascii: "\""), UInt8(ascii: "'"): return quoted(byte)
            default: return plain()
            }
        }
        return nil
    }

    private mutating func single(_ token: Token) -> Token {
        position += 1
        return token
    }

    private mutating func skipLine() {
        while position < bytes.count, bytes[position] != UInt8(ascii: "\n") { position += 1 }
    }

    private mutating func quoted(_ quote: UInt8) -> Token {
        position += 1
        var word: [UInt8] = []
        while position < bytes.count, bytes[position] != quote {
            if bytes[position] == UInt8(ascii: "\\"), position + 1 < bytes.count { position += 1 }
            word.append(bytes[position])
            position += 1
        }
        position += 1
        return .word(String(decoding: word, as: UTF8.self))
    }

    /// Up to a space, a semicolon or a brace; `${name}` belongs to the word.
    private mutating func plain() -> Token {
        var word: [UInt8] = []
        while position < bytes.count {
            let byte = bytes[position]
            if byte == UInt8(ascii: "{"), word.last == UInt8(ascii: "$") {
                while position < bytes.count, bytes[position] != UInt8(ascii: "}") {
                    word.append(bytes[position])
                    position += 1
                }
                continue
            }
            if NginxTokens.endsWord(byte) { break }
            if byte == UInt8(ascii: "\\"), position + 1 < bytes.count {
                word.append(byte)
                position += 1
            }
            word.append(bytes[position])
            position += 1
        }
        return .word(String(decoding: word, as: UTF8.self))
    }

    private static func endsWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: ";"),
            UInt8(ascii: "{"):
            true
        default: false
        }
    }
}
