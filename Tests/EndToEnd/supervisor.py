"""As much of systemd as a socket-activated notify service needs: passed sockets, READY=1 and the descriptor store.

A real one is pid 1; this one runs anywhere, so that restarts are tested on every machine (sd_listen_fds(3),
sd_notify(3), systemd.service(5) FileDescriptorStoreMax=).
"""
import os
import pathlib
import signal
import socket
import subprocess
import threading

from harness import BINARY, DEMO_CONFIGURATION, ENVIRONMENT

FIRST_DESCRIPTOR = 3


class Supervisor:
    """Holds the listening sockets and what the service left in the store; starts and stops the service."""

    def __init__(self, folder, options=()):
        """`options`: more arguments for `tollgate serve`."""
        self.folder = pathlib.Path(folder)
        self.options = options
        self.socket = self.folder / "tollgate.sock"
        self.listening = {"tollgate": self._listen(self.socket), "tollgate-admin": self._listen(self.folder / "admin.sock")}
        self.store = []
        self.largest_store = 0
        self.ready = threading.Event()
        self.child = None
        self.notifications = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.notifications.bind(str(self.folder / "notify"))
        threading.Thread(target=self._read_notifications, daemon=True).start()

    def _listen(self, path):
        listening = socket.socket(socket.AF_UNIX)
        listening.bind(str(path))
        listening.listen(4096)
        # NonBlocking=yes of the unit.
        listening.setblocking(False)
        return listening

    def start(self):
        passed = [(name, one.fileno()) for name, one in self.listening.items()] + self.store
        environment = dict(ENVIRONMENT, NOTIFY_SOCKET=str(self.folder / "notify"), LISTEN_FDS=str(len(passed)),
                           LISTEN_FDNAMES=":".join(name for name, _ in passed))
        self.ready.clear()
        with open(self.folder / "responder.log", "ab") as log:
            # LISTEN_PID is the process's own; only a shell that becomes the program can know it.
            self.child = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", "sh", "-c", 'LISTEN_PID=$$ exec "$@"', "sh", BINARY, "serve",
                 "--config", DEMO_CONFIGURATION, "--state", self.folder / "state", *self.options],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment,
                pass_fds=range(FIRST_DESCRIPTOR, FIRST_DESCRIPTOR + len(passed)),
                preexec_fn=lambda: place([number for _, number in passed]))
        if not self.ready.wait(30):
            raise AssertionError(f"no READY=1:\n{(self.folder / 'responder.log').read_text()}")

    def stop(self):
        if self.child and self.child.poll() is None:
            self.child.send_signal(signal.SIGTERM)
            self.child.wait(30)
        return self.child.returncode if self.child else 0

    def restart(self):
        status = self.stop()
        if status != 0:
            raise AssertionError(f"exit status {status}:\n{(self.folder / 'responder.log').read_text()}")
        self.start()

    def close(self):
        self.stop()
        self.notifications.close()
        for one in self.listening.values():
            one.close()
        for _, number in self.store:
            os.close(number)

    def _read_notifications(self):
        while True:
            try:
                text, numbers, _, _ = socket.recv_fds(self.notifications, 4096, 253)
            except OSError:
                return  # closed
            fields = dict(line.split("=", 1) for line in text.decode().splitlines() if "=" in line)
            name = fields.get("FDNAME", "stored")
            if "FDSTORE" in fields:
                self.store += [(name, number) for number in numbers]
                self.largest_store = max(self.largest_store, len(self.store))
                continue
            # BARRIER=1 comes with one end of a pipe; closing it says that everything before has been read.
            for number in numbers:
                os.close(number)
            if "FDSTOREREMOVE" in fields:
                for _, number in [entry for entry in self.store if entry[0] == name]:
                    os.close(number)
                self.store = [entry for entry in self.store if entry[0] != name]
            if "READY" in fields:
                self.ready.set()


def place(numbers):
    """In the child: the given descriptors as 3, 4, 5, …, whatever numbers they have."""
    beyond = FIRST_DESCRIPTOR + len(numbers) + max(numbers, default=0)
    for index, number in enumerate(numbers):
        os.dup2(number, beyond + index)
    for index in range(len(numbers)):
        os.dup2(beyond + index, FIRST_DESCRIPTOR + index)
        os.close(beyond + index)
