import FastCGI

/// A start that was refused: the configuration, a secret or the state is not right.
///
/// Trying again at once would not help, and systemd tries again for ever: the unit has `Restart=always` without a limit,
/// because a limit reached takes the socket down too. So the process says why where an operator looks first
/// (`systemctl status`), and ends a little later.
struct RefusedStart {
    /// Long enough not to fill the journal, short enough for whoever waits for `systemctl restart`.
    private static let pauseMilliseconds = 5000

    let reason: String

    /// Under systemd, waits before it returns, but not longer than until the first signal; else it does nothing.
    func report(to notifier: SystemdNotifier, _ signals: SignalWaiter) {
        guard notifier.isActive else { return }
        notifier.status("Not started: \(reason)")
        _ = signals.next(withinMilliseconds: Self.pauseMilliseconds)
    }
}
