/// A location that passes requests to Tollgate, with the blocks around it: what is in force there.
struct NginxPlace {
    /// What a request's path is compared with, such as `^~ /purchase/`.
    let name: String
    /// The block's own directives first, then those of the server and of http around it.
    let levels: [[NginxConfiguration.Directive]]
    /// The server's own directives.
    let server: [NginxConfiguration.Directive]
    /// What `fastcgi_pass` names.
    let target: String

    /// The value in force: the innermost level that sets it.
    func value(_ directive: String) -> String? {
        for level in levels {
            if let found = level.last(where: { $0.name == directive }) { return found.arguments.first }
        }
        return nil
    }

    /// The parameters passed: those of the innermost level that names any, for such lists are not added up.
    var parameters: [String: [String]] {
        for level in levels {
            let own = level.filter { $0.name == "fastcgi_param" && $0.arguments.count >= 2 }
            if own.isEmpty { continue }
            return Dictionary(own.map { ($0.arguments[0], Array($0.arguments.dropFirst())) }, uniquingKeysWith: { $1 })
        }
        return [:]
    }
}

extension NginxConfiguration {
    /// Every location that passes to FastCGI.
    var fastCGIPlaces: [NginxPlace] {
        directives.filter { $0.name == "http" }.flatMap { http in
            (http.block ?? []).filter { $0.name == "server" }.flatMap { server in
                places(in: server.block ?? [], around: [http.block ?? []], server: server.block ?? [], name: "server")
            }
        }
    }

    private func places(
        in block: [Directive], around: [[Directive]], server: [Directive], name: String
    ) -> [NginxPlace] {
        let levels = [block] + around
        var found: [NginxPlace] = []
        if let pass = block.last(where: { $0.name == "fastcgi_pass" }), let target = pass.arguments.first {
            found.append(NginxPlace(name: name, levels: levels, server: server, target: target))
        }
        for inner in block where inner.name == "location" {
            let name = inner.arguments.joined(separator: " ")
            found += places(in: inner.block ?? [], around: levels, server: server, name: name)
        }
        return found
    }

    /// The members of an upstream, such as `unix:/run/tollgate/tollgate.sock`.
    func upstream(_ name: String) -> [Directive]? {
        directives.filter { $0.name == "http" }.flatMap { $0.block ?? [] }
            .first { $0.name == "upstream" && $0.arguments.first == name }?.block
    }
}
