"""Starts the real binary behind a real nginx with real TLS, each in a folder of its own, and stops both.

Used by the end-to-end tests and the benchmark. Standard library only, so that a fresh machine needs no pip.
"""
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = pathlib.Path(os.environ.get("TOLLGATE") or ROOT / ".build/debug/tollgate").absolute()
SHARED = pathlib.Path(os.environ.get("TOLLGATE_SHARED") or ROOT.parent / "shared")
DEMO_CONFIGURATION = ROOT / "Tests/Demo/tollgate.json"
# Debian keeps nginx in /usr/sbin, which is not in every user's path.
ENVIRONMENT = dict(os.environ, PATH=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")


def demo_configuration():
    """The demo configuration's text, with the files it names named from anywhere."""
    text = DEMO_CONFIGURATION.read_text()
    for name in ("secrets/", "events.json", "merchants.json"):
        text = text.replace(f'"{name}', f'"{DEMO_CONFIGURATION.parent}/{name}')
    return text


def free_port():
    """A port of the loopback that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(condition, seconds, what):
    """Polls `condition` and returns its first true value; fails with `what` after `seconds`."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"after {seconds} s still not: {what}")
        time.sleep(0.01)


def accepts(path):
    """Whether somebody accepts connections on the unix socket at `path`."""
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(path))
            return True
        except OSError:
            return False


class Process:
    """A child process whose output goes to a file and which cannot outlive the tests unnoticed."""

    # The child also ends when the tests are killed outright.
    launcher = ["setpriv", "--pdeathsig", "KILL"]

    def __init__(self, arguments, log):
        self.log = pathlib.Path(log)
        self.program = arguments[0]
        with open(self.log, "ab") as output:
            self.child = subprocess.Popen(
                [*self.launcher, *map(str, arguments)],
                stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=ENVIRONMENT)

    @property
    def pid(self):
        return self.child.pid

    @property
    def running(self):
        return self.child.poll() is None

    def output(self):
        return self.log.read_text(errors="replace")

    def send(self, number):
        self.child.send_signal(number)

    def stop(self, number=signal.SIGTERM, seconds=20):
        """Sends the signal, waits for the end and returns the exit status; kills what does not end in time."""
        if self.running:
            self.send(number)
        try:
            return self.child.wait(seconds)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()
            raise AssertionError(f"{self.program} did not end within {seconds} s of {number!r}")


class FakeStripe(Process):
    """The stand-in for Stripe, Tests/FakeStripe, on a port of its own choice."""

    def __init__(self, folder):
        super().__init__([BINARY.parent / "fake-stripe"], pathlib.Path(folder) / "stripe.log")
        line = wait_until(lambda: self.output().partition("\n")[0], 10, "the fake Stripe says where it listens")
        self.url = "http://" + line.rpartition(" ")[2]

    def recorded(self, path=None):
        """The requests so far, those to `path` or all, as the recorder has them."""
        with urllib.request.urlopen(f"{self.url}/_recorded", timeout=10) as answer:
            return [request for request in json.load(answer)["requests"] if path in (None, request["path"])]


class Responder(Process):
    """`tollgate serve` in the foreground with its own state and socket."""

    def __init__(self, folder, binary=BINARY, configuration=DEMO_CONFIGURATION, log=None, options=()):
        self.folder = pathlib.Path(folder)
        self.state = self.folder / "state"
        self.socket = self.folder / "tollgate.sock"
        self.admin_socket = self.folder / "admin.sock"
        super().__init__([binary, "serve", "--config", configuration, "--state", self.state, "--socket", self.socket,
                          "--admin-socket", self.admin_socket, *options],
                         log or self.folder / "responder.log")

    def wait_until_ready(self, seconds=30):
        def ready():
            if not self.running:
                raise AssertionError(f"the responder ended with {self.child.returncode}:\n{self.output()}")
            return accepts(self.socket)
        wait_until(ready, seconds, "the responder accepts connections")
        return self


class Nginx(Process):
    """A private nginx with the files of nginx/, laid out by Tests/Demo/private-nginx.sh."""

    def __init__(self, folder, upstream, port=None, edits=(), **environment):
        """`edits`: (file, old text, new text) to change in the layout before the start."""
        self.folder = pathlib.Path(folder)
        self.port = port or free_port()
        subprocess.run([ROOT / "Tests/Demo/private-nginx.sh", self.folder, upstream, str(self.port)], check=True,
                       env=dict(ENVIRONMENT, **environment))
        for name, old, new in edits:
            text = (self.folder / name).read_text()
            assert old in text, f"{name} does not contain: {old}"
            (self.folder / name).write_text(text.replace(old, new))
        self.certificate = self.folder / "certificate.pem"
        super().__init__(["nginx", "-p", f"{self.folder}/", "-e", self.folder / "error.log",
                          "-c", self.folder / "nginx.conf"], self.folder / "output.log")

    def wait_until_ready(self, seconds=10):
        def ready():
            if not self.running:
                raise AssertionError(f"nginx ended:\n{self.output()}\n{(self.folder / 'error.log').read_text()}")
            with socket.socket() as probe:
                return probe.connect_ex(("127.0.0.1", self.port)) == 0
        wait_until(ready, seconds, "nginx accepts connections")
        return self


class Deployment:
    """A responder behind nginx in one temporary folder; a context manager."""

    def __init__(self, binary=BINARY, configuration=DEMO_CONFIGURATION, edits=(), options=(), **environment):
        """`options`: more arguments for `tollgate serve`."""
        self.binary = binary
        self.configuration = configuration
        self.options = options
        # /tmp: a unix socket's path holds 107 bytes.
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="tollgate-", dir="/tmp"))
        self.responder = None
        self.nginx = None
        try:
            self.start_responder()
            self.nginx = Nginx(self.folder / "nginx", self.responder.socket, edits=edits,
                               **environment).wait_until_ready()
        except BaseException:
            self.close()
            raise

    @property
    def state(self):
        return self.folder / "state"

    def start_responder(self):
        self.responder = Responder(self.folder, self.binary, self.configuration,
                                   options=self.options).wait_until_ready()

    def restart_after(self, number):
        """Ends the responder by a signal (SIGKILL for a crash) and starts the next one on the same state."""
        self.responder.stop(number)
        self.start_responder()

    def tool(self, *arguments, check=True):
        """Runs a subcommand on the state and returns the finished process."""
        result = subprocess.run([self.binary, *arguments, "--state", self.state], capture_output=True, text=True,
                                timeout=120)
        if check and result.returncode != 0:
            raise AssertionError(f"tollgate {' '.join(arguments)}: {result.returncode}\n{result.stdout}{result.stderr}")
        return result

    def check(self, configuration):
        """Runs `tollgate check` on a configuration file and returns the finished process."""
        return subprocess.run([self.binary, "check", configuration], capture_output=True, text=True, timeout=60)

    def holdings(self, player):
        """What the operator's tool says the player holds: quantity by item id; empty for an unknown player."""
        result = self.tool("players", "show", player, "--json", check=False)
        if result.returncode == 1 and "player" in result.stderr:
            return {}
        assert result.returncode == 0, f"players show {player}: {result.returncode} {result.stdout}{result.stderr}"
        shown = json.loads(result.stdout)
        assert shown["player"] == player, shown
        return shown["items"]

    def purchases(self):
        """Every purchase recorded, as the stored documents."""
        return json.loads(self.tool("purchases", "list", "--json", "--limit", "1000000").stdout)

    def close(self):
        try:
            for process in (self.nginx, self.responder):
                if process:
                    process.stop()
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
