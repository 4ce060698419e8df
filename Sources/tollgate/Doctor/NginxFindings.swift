/// Whether the nginx configuration in force passes requests as Tollgate needs them (docs/reliability.md, nginx/).
struct NginxFindings {
    let configuration: NginxConfiguration
    /// Our public socket.
    let socket: String
    let maximumBodyBytes: Int

    /// nginx's own configuration, as `nginx -T` tells it.
    ///
    /// - Parameter options: nginx's own, where its files are elsewhere.
    static func all(options: [String], socket: String, maximumBodyBytes: Int) -> [Finding] {
        guard let answer = ProgramOutput.run(["nginx", "-T"] + options) else {
            return [.unknown("nginx", "not found on this machine", "Install it, or run the doctor where nginx runs")]
        }
        guard answer.status == 0 else {
            return [
                .unknown("nginx", "its configuration cannot be read, or is wrong", "Look, as root: nginx -t")
            ]
        }
        let configuration = NginxConfiguration(dump: String(decoding: answer.output, as: UTF8.self))
        return NginxFindings(configuration: configuration, socket: socket, maximumBodyBytes: maximumBodyBytes).all()
    }

    func all() -> [Finding] {
        let places = configuration.fastCGIPlaces.filter { isOurs($0.target) }
        guard !places.isEmpty else {
            return [
                .wrong(
                    "nginx", "no location passes requests to \(socket)",
                    "Write `include snippets/tollgate.conf;` into your TLS server block, then: nginx -t && "
                        + "systemctl reload nginx"),
                socketRights(),
            ]
        }
        var findings = [Finding.right("nginx", "\(places.count) locations pass requests to \(socket)")]
        // One answer for each question, whatever the number of locations: the first that is not right.
        for question in [tls, underscores, httpProxy, body, buffering, keepAlive, timeout, redirects] {
            let answers = places.map(question)
            if let answer = answers.first(where: { $0.verdict != .right }) ?? answers.first { findings.append(answer) }
        }
        findings.append(socketRights())
        return findings
    }

    private func isOurs(_ target: String) -> Bool {
        if target == "unix:\(socket)" { return true }
        return configuration.upstream(target)?.contains {
            $0.name == "server" && $0.arguments.first == "unix:\(socket)"
        }
            ?? false
    }

    // MARK: Questions to each place

    private func tls(_ place: NginxPlace) -> Finding {
        let listens = place.server.filter { $0.name == "listen" }
        guard listens.contains(where: { $0.arguments.contains("ssl") || $0.arguments.contains("quic") }) else {
            return .wrong(
                "TLS", "the server around location \(place.name) does not listen with ssl",
                "Include the snippet in a server that listens with ssl: keys and signatures would travel in clear")
        }
        return .right("TLS", "on")
    }

    private func underscores(_ place: NginxPlace) -> Finding {
        guard place.value("underscores_in_headers") == "on" else { return .right("header names", "no underscores") }
        return .wrong(
            "header names", "underscores_in_headers is on: X_Api_Key becomes a second X-Api-Key",
            "Switch it off in the server of location \(place.name)")
    }

    private func httpProxy(_ place: NginxPlace) -> Finding {
        guard let value = place.parameters["HTTP_PROXY"], value.first == "" else {
            return .warning(
                "HTTP_PROXY", "a caller's Proxy header would reach the responder from location \(place.name)",
                "Write `fastcgi_param HTTP_PROXY \"\" if_not_empty;` there, as snippets/tollgate-location.conf does")
        }
        return .right("HTTP_PROXY", "a caller cannot set it")
    }

    private func body(_ place: NginxPlace) -> Finding {
        let text = place.value("client_max_body_size") ?? "1m"
        guard let bytes = NginxFindings.bytes(text) else {
            return .unknown("body size", "client_max_body_size \(text)", "Write it as 64k")
        }
        if bytes != 0, bytes < maximumBodyBytes {
            return .wrong(
                "body size", "nginx refuses bodies above \(text), we accept \(maximumBodyBytes) bytes",
                "Raise client_max_body_size in location \(place.name) to \((maximumBodyBytes + 1023) / 1024)k")
        }
        return .right("body size", "\(text) in nginx, \(maximumBodyBytes) bytes here")
    }

    private func buffering(_ place: NginxPlace) -> Finding {
        guard place.value("fastcgi_request_buffering") != "off" else {
            return .wrong(
                "buffering", "fastcgi_request_buffering is off: a slow caller would hold a worker",
                "Switch it on in location \(place.name)")
        }
        return .right("buffering", "bodies are read whole before we see them")
    }

    /// Every kept connection is a descriptor here, and one in systemd's store during a restart.
    private func keepAlive(_ place: NginxPlace) -> Finding {
        let upstream = configuration.upstream(place.target)
        let kept = upstream?.last { $0.name == "keepalive" }.flatMap { $0.arguments.first }.flatMap { Int($0) } ?? 0
        guard kept > 0, place.value("fastcgi_keep_conn") == "on" else {
            return .warning(
                "kept connections", "nginx makes a connection for every request: a third of the speed is lost",
                "Use snippets/tollgate-location.conf (fastcgi_keep_conn on) and an upstream with keepalive 256")
        }
        let workers = configuration.directives.last { $0.name == "worker_processes" }?.arguments.first ?? "1"
        let count = Int(workers) ?? processors()
        let all = count * kept
        guard all <= NginxFindings.storedDescriptors else {
            return .warning(
                "kept connections",
                "\(count) nginx workers may keep \(all) connections, a restart hands over "
                    + "\(NginxFindings.storedDescriptors)",
                "Lower keepalive in the upstream, or raise FileDescriptorStoreMax= with systemctl edit tollgate")
        }
        return .right("kept connections", "up to \(all), as many as a restart can hand over")
    }

    /// FileDescriptorStoreMax= of the unit.
    private static let storedDescriptors = 4096

    private func timeout(_ place: NginxPlace) -> Finding {
        let text = place.value("fastcgi_read_timeout") ?? "60s"
        guard let seconds = NginxFindings.seconds(text) else {
            return .unknown("time-out", "fastcgi_read_timeout \(text)", "Write it in seconds: 15s")
        }
        guard seconds >= 10 else {
            return .wrong(
                "time-out", "nginx gives up after \(text); a purchase may be recorded although its caller reads 504",
                "Raise fastcgi_read_timeout in location \(place.name) to 15s")
        }
        return .right("time-out", "nginx waits \(text)")
    }

    private func redirects(_ place: NginxPlace) -> Finding {
        let moves = place.server.contains { directive in
            switch directive.name {
            case "return": directive.arguments.first?.hasPrefix("30") ?? false
            case "rewrite": ["redirect", "permanent"].contains(directive.arguments.last)
            default: false
            }
        }
        guard !moves else {
            return .wrong(
                "redirects", "the server of location \(place.name) redirects: to Stash that is a failed purchase",
                "Move the return or rewrite into a location of its own that leaves Tollgate's paths alone")
        }
        return .right("redirects", "none on these paths")
    }

    // MARK: The socket

    private func socketRights() -> Finding {
        guard let status = FileStatus(socket), status.isSocket else {
            return .wrong("socket", "\(socket) is not there", "Start it: systemctl enable --now tollgate.socket")
        }
        let name = configuration.directives.last { $0.name == "user" }?.arguments.first ?? "nobody"
        guard let user = SystemUser(named: name) else {
            return .unknown("socket", "nginx runs as \(name), whom this machine does not know", "Look: ps -C nginx u")
        }
        let text = "\(socket), mode \(status.permissionText), group \(SystemUser.name(ofGroup: status.group))"
        guard user.mayWrite(status) else {
            return .wrong(
                "socket", "\(text): nginx's user \(name) cannot connect",
                "Set SocketGroup= to a group of \(name): systemctl edit tollgate.socket, then restart it")
        }
        guard status.permissions & 0o002 == 0 else {
            return .wrong(
                "socket", "\(text): every user can connect, and end the service",
                "Set SocketMode=0660: systemctl edit tollgate.socket, then restart it")
        }
        return .right("socket", "\(text); nginx's user \(name) may connect")
    }
}
