import Glibc

/// Whether signatures can be judged by this machine's time.
enum ClockFindings {
    static func all(nowMilliseconds: Int64) -> [Finding] {
        guard nowMilliseconds >= Version.builtAfter else {
            return [
                .wrong(
                    "clock", "shows a time before this version was made; every signature would be refused",
                    "Set it: timedatectl set-ntp true")
            ]
        }
        return [synchronisation()]
    }

    /// systemd asks the kernel (adjtimex(2), whose header Swift's Glibc module leaves out).
    private static func synchronisation() -> Finding {
        let answer = ProgramOutput.run(["timedatectl", "show", "--property=NTPSynchronized", "--value"])
        switch answer.map({ String(decoding: $0.output, as: UTF8.self) }) {
        case "yes\n": return .right("clock", "synchronised")
        case "no\n":
            return .warning(
                "clock", "not synchronised; signatures are fresh for five minutes only",
                "Switch it on: timedatectl set-ntp true (systemd-timesyncd or chrony). In a container the host does it")
        case _:
            return .unknown("clock", "systemd does not say whether it is synchronised", "Look: timedatectl")
        }
    }
}
