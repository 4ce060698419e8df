import Glibc

/// Runs another program and reads what it prints.
enum ProgramOutput {
    /// - Parameter arguments: the program, looked up in PATH and the system folders, and its arguments.
    /// - Returns: the exit status and standard output; nil when it cannot be started. What is printed beyond 16 MiB is
    ///   dropped.
    static func run(_ arguments: [String]) -> (status: Int32, output: [UInt8])? {
        guard let name = arguments.first, let path = find(name) else { return nil }
        var ends: [Int32] = [-1, -1]
        guard unsafe pipe(&ends) == 0 else { return nil }
        // The child keeps only what it is given as standard output.
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        defer { close(ends[0]) }
        let child = spawn(path, arguments, output: ends[1])
        close(ends[1])
        guard let child else { return nil }
        let output = readAll(ends[0])
        var status: Int32 = 0
        while unsafe waitpid(child, &status, 0) < 0, errno == EINTR {}
        return (status, output)
    }

    private static func find(_ name: String) -> String? {
        let folders = (Environment.value("PATH") ?? "").split(separator: ":").map(String.init)
        return (folders + ["/usr/sbin", "/usr/bin", "/sbin", "/bin"]).map { "\($0)/\(name)" }.first { path in
            unsafe path.withCString { unsafe access($0, X_OK) } == 0
        }
    }

    private static func spawn(_ path: String, _ arguments: [String], output: Int32) -> pid_t? {
        var actions = unsafe posix_spawn_file_actions_t()
        guard unsafe posix_spawn_file_actions_init(&actions) == 0 else { return nil }
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
        unsafe posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
        unsafe posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        var texts: [UnsafeMutablePointer<CChar>?] = unsafe arguments.map { unsafe strdup($0) } + [nil]
        defer { for index in unsafe texts.indices { unsafe free(texts[index]) } }
        var child: pid_t = 0
        return unsafe posix_spawn(&child, path, &actions, nil, &texts, environ) == 0 ? child : nil
    }

    private static func readAll(_ descriptor: Int32) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = unsafe buffer.withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return bytes }
            if bytes.count < 16 << 20 { bytes.append(contentsOf: buffer[..<count]) }
        }
    }
}
