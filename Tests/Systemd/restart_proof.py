"""Restarts, reloads and upgrades under full load, with a real systemd: nobody may notice.

    restart_proof.py BINARY [PREVIOUS]

BINARY is the release binary, PREVIOUS one of an earlier commit, for upgrades and back. A systemd of its own runs over a
throwaway copy of this machine's root (Tests/Package/box.sh) with the units of systemd/; 64 callers (wrk) buy through a
private nginx that repeats nothing, once over kept FastCGI connections and once over new ones. RESTARTS (30), RELOADS
(100). Prints a line for each part; exit status 1 when a request failed, the 99th percentile reached a second, a change
was not in force when `systemctl reload` returned, or a record is missing afterwards.

Needs root, overlayfs and a cgroup2 mount; nginx, wrk, openssl and systemd installed.
"""
import json
import os
import pathlib
import re
import secrets
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.dont_write_bytecode = True
sys.path.insert(0, str(ROOT / "Tests/EndToEnd"))

from client import Client, purchase, purchase_body  # noqa: E402  (the path above first)
from harness import ENVIRONMENT, wait_until  # noqa: E402

BOX = ROOT / "Tests/Package/box.sh"
CLIENTS = 64
PORT = 8443
SHOP = "0f8fad5b-d9cb-469f-a165-70867728950e"
RESTARTS = int(os.environ.get("RESTARTS", "30"))
RELOADS = int(os.environ.get("RELOADS", "100"))
# How long callers go on between two restarts, so that most requests are not beside one.
PAUSE_SECONDS = 0.5
P99_LIMIT_SECONDS = 1


def run(*arguments, check=True, **options):
    result = subprocess.run([str(argument) for argument in arguments], capture_output=True, text=True, timeout=300,
                            env=ENVIRONMENT, **options)
    if check and result.returncode != 0:
        raise SystemExit(f"{' '.join(map(str, arguments))}: {result.returncode}\n{result.stdout}{result.stderr}")
    return result


class Machine:
    """The box, with Tollgate installed as the units say."""

    def __init__(self, folder):
        self.folder = folder
        self.share = folder / "share"
        self.broken = []

    def inside(self, *arguments, check=True):
        return run(BOX, "run", self.folder, *arguments, check=check)

    def install(self, binary):
        for name in ("Tests/Demo/private-nginx.sh", "Tests/Demo/nginx.conf.in"):
            target = self.share / "checkout" / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, target)
        shutil.copytree(ROOT / "nginx", self.share / "checkout/nginx")
        shutil.copytree(ROOT / "systemd", self.share / "systemd")
        self.inside("bash", "-euc", """
            cp /run/share/systemd/tollgate*.service /run/share/systemd/tollgate*.socket /etc/systemd/system/
            systemd-sysusers /run/share/systemd/tollgate.sysusers
            mkdir -p /var/lib/tollgate /etc/tollgate && install -d -m 0700 /etc/tollgate/secrets
            systemctl daemon-reload && systemctl start tollgate.socket tollgate-admin.socket""")
        self.put(binary)
        self.key = secrets.token_hex(16)
        self.secret("lasting", self.key)
        self.configure(None)

    def begin(self):
        """Starts with an empty state: how long a start takes depends on how much there is to read."""
        self.state = pathlib.Path(tempfile.mkdtemp(prefix="state-", dir=self.share))
        # On this machine's disk: the box's own files are in memory.
        self.inside("bash", "-euc", f"""
            systemctl stop tollgate
            mount --bind /run/share/{self.state.name} /var/lib/tollgate
            systemctl start tollgate""")
        self.acknowledged = 0
        wait_until(lambda: self.answers(self.key) == 200, 20, "nginx and Tollgate answer")

    def put(self, binary):
        shutil.copy(binary, self.share / "tollgate")
        self.inside("bash", "-euc", """
            install -m 0755 /run/share/tollgate /usr/bin/tollgate.new && mv /usr/bin/tollgate.new /usr/bin/tollgate""")

    def write(self, path, text, mode):
        staged = self.share / "staged"
        staged.write_text(text)
        self.inside("install", "-m", mode, "/run/share/staged", path)

    def secret(self, name, text):
        self.write(f"/etc/tollgate/secrets/{name}", text + "\n", "0600")

    def configure(self, changing):
        """One key that lasts, and one that comes and goes; `changing` is its file's name."""
        keys = [{"name": "lasting", "file": "secrets/lasting"}]
        keys += [{"name": "changing", "file": f"secrets/{changing}"}] if changing else []
        self.write("/etc/tollgate/tollgate.json", json.dumps({
            "log": {"access": False}, "admin": {"socket": "/run/tollgate/admin.sock"},
            "stash": {"shops": [{"id": SHOP, "environment": "TEST", "purchaseKeys": keys}]}}, indent=1), "0644")

    def systemctl(self, *arguments, check=True):
        return self.inside("systemctl", *arguments, check=check)

    def property(self, name):
        return self.systemctl("show", "-P", name, "tollgate.service").stdout.strip()

    def spans(self, count, first, last):
        """The median time between two lines of systemd's about the service, in milliseconds, of the last `count`."""
        lines = self.inside("journalctl", "-u", "tollgate", "-o", "short-monotonic", "--no-pager").stdout
        times = {word: [float(time) for time in re.findall(rf"^\[ *([0-9.]+)\].* systemd\[1\]: {word} ", lines, re.MULTILINE)]
                 for word in (first, last)}
        pairs = list(zip(times[first][-count:], times[last][-count:]))
        return statistics.median(1000 * (end - begin) for begin, end in pairs)

    def start_nginx(self, keeps):
        shutil.rmtree(self.share / "nginx", ignore_errors=True)
        self.inside("env", "LIMIT=off", "ACCESS_LOG=off", "bash", "/run/share/checkout/Tests/Demo/private-nginx.sh",
                    "/run/share/nginx", "/run/tollgate/tollgate.sock", str(PORT))
        # A repetition would hide a connection that was not handed over.
        self.edit("snippets/tollgate-location.conf", "error timeout non_idempotent;", "off;")
        if not keeps:
            self.edit("snippets/tollgate-location.conf", "fastcgi_keep_conn on;", "fastcgi_keep_conn off;")
            upstream = next(path for path in (self.share / "nginx").rglob("tollgate-upstream.conf"))
            upstream.write_text(re.sub(r"^\s*keepalive.*;$", "", upstream.read_text(), flags=re.MULTILINE))
        self.nginx = subprocess.Popen([BOX, "run", self.folder, "nginx", "-p", "/run/share/nginx/", "-e",
                                       "/run/share/nginx/error.log", "-c", "/run/share/nginx/nginx.conf"],
                                      stdin=subprocess.DEVNULL)

    def edit(self, name, old, new):
        path = self.share / "nginx" / name
        text = path.read_text()
        assert old in text, f"{name} does not contain: {old}"
        path.write_text(text.replace(old, new))

    def stop_nginx(self):
        pid = (self.share / "nginx/nginx.pid").read_text().strip()
        self.inside("kill", "-QUIT", pid)
        self.nginx.wait(30)

    def answers(self, key):
        try:
            with Client(PORT) as client:
                return purchase(client, "probe", purchase_body(), key=key).status
        except OSError:
            return None


class Load:
    """64 callers until the end of the block; then says what became of them."""

    def __init__(self, machine):
        self.machine = machine

    def __enter__(self):
        self.wrk = subprocess.Popen(
            ["wrk", "-t2", f"-c{CLIENTS}", "-d3600s", "--timeout", "30s", "-s", HERE / "load.lua",
             f"https://127.0.0.1:{PORT}", "--", secrets.token_hex(4), self.machine.key],
            stdout=subprocess.PIPE, text=True)
        self.began = time.monotonic()
        time.sleep(1)
        return self

    def __exit__(self, *failure):
        time.sleep(0.5)
        self.wrk.send_signal(signal.SIGINT)
        output, _ = self.wrk.communicate(timeout=60)
        if failure[0] is None:
            numbers = re.search(r"^RESULT (.*)$", output, re.MULTILINE).group(1).split()
            self.count, self.refused, self.broken, self.p50, self.p99, self.slowest = map(int, numbers)

    def report(self, what, more=""):
        self.machine.acknowledged += self.count - self.refused
        self.machine.total += self.count - self.refused
        failed = self.refused + self.broken
        is_right = failed == 0 and self.p99 < P99_LIMIT_SECONDS * 1_000_000 and self.count > 1000
        print(f"{'ok     ' if is_right else 'NOT OK '} {what}: {self.count} requests, {failed} failed, "
              f"p50 {self.p50 / 1000:.1f} ms, p99 {self.p99 / 1000:.0f} ms, slowest {self.slowest / 1000:.0f} ms{more}",
              flush=True)
        if not is_right:
            self.machine.broken.append(what)


def restarts(machine, what, count, prepare=lambda number: None):
    process = machine.property("MainPID")
    took = []
    with Load(machine) as load:
        for number in range(count):
            time.sleep(PAUSE_SECONDS)
            prepare(number)
            began = time.monotonic()
            machine.systemctl("restart", "tollgate")
            took.append(time.monotonic() - began)
            before, process = process, machine.property("MainPID")
            if before == process:
                machine.broken.append(f"{what}: restart {number} started no other process")
    stop, start = machine.spans(count, "Stopping", "Stopped"), machine.spans(count, "Starting", "Started")
    load.report(f"{count} {what}", f"; a restart took {min(took) * 1000:.0f} to {max(took) * 1000:.0f} ms, "
                f"the old process {stop:.0f} ms to end and the new one {start:.0f} ms to be ready (medians)")


def reloads(machine, what, count):
    """Each changes a secret's content, or takes it away; every tenth is also tried with a mistake first."""
    process, took, mistakes = machine.property("MainPID"), [], 0
    previous = None
    with Load(machine) as load:
        for number in range(count):
            if number % 10 == 9:
                mistakes += 1
                check_mistake(machine)
            present = secrets.token_hex(16) if number % 3 < 2 else None
            if present:
                machine.secret("changing", present)
            machine.configure("changing" if present else None)
            began = time.monotonic()
            machine.systemctl("reload", "tollgate")
            took.append(time.monotonic() - began)
            if present and machine.answers(present) != 200:
                machine.broken.append(f"{what}: reload {number} returned before its key was in force")
            if previous and machine.answers(previous) != 401:
                machine.broken.append(f"{what}: reload {number} returned while the old key was in force")
            previous = present
    if machine.property("MainPID") != process:
        machine.broken.append(f"{what}: the process is another one")
    load.report(f"{count} {what}", f"; a reload took {min(took) * 1000:.0f} to {max(took) * 1000:.0f} ms; "
                f"{mistakes} with a mistake failed and said so")


def check_mistake(machine):
    machine.write("/etc/tollgate/tollgate.json", '{"stash": {"shop": []}}', "0644")
    result = machine.systemctl("reload", "tollgate", check=False)
    status = machine.property("StatusText")
    if result.returncode != 1 or 'unknown key "shop"' not in status or machine.property("ActiveState") != "active":
        machine.broken.append(f"a mistake: exit status {result.returncode}, status line: {status}")
    journal = machine.inside("journalctl", "-u", "tollgate", "-n", "20", "--no-pager").stdout
    if 'unknown key "shop"' not in journal:
        machine.broken.append("a mistake: the journal does not have the reason")


def prove(folder, binary, previous):
    machine = Machine(folder)
    machine.total = 0
    try:
        parts(machine, binary, previous)
    except BaseException:
        print(machine.inside("journalctl", "-u", "tollgate", "-n", "60", "--no-pager", check=False).stdout)
        raise
    for line in machine.broken:
        print(f"NOT OK  {line}")
    print(f"{machine.total} purchases acknowledged, {len(machine.broken)} things wrong.")
    return 1 if machine.broken else 0


def parts(machine, binary, previous):
    machine.install(binary)
    for keeps, kind in ((True, "kept"), (False, "new")):
        machine.start_nginx(keeps)
        for part, count in ((restarts, RESTARTS), (reloads, RELOADS)):
            machine.begin()
            part(machine, f"{part.__name__}, {kind} connections", count)
            verify(machine, binary)
        if previous:
            machine.begin()
            # The first restart goes to the older binary, the last comes back.
            restarts(machine, f"downgrades and upgrades by turns, {kind} connections", 10,
                     lambda number: machine.put(previous if number % 2 == 0 else binary))
            verify(machine, previous)
            verify(machine, binary)
        machine.stop_nginx()


def verify(machine, binary):
    """The state as that binary reads it: whole, and with everything that was acknowledged."""
    result = json.loads(run(binary, "verify", "--json", "--state", machine.state, check=False).stdout)
    is_right = result["clean"] and result["purchases"] >= machine.acknowledged
    print(f"{'ok     ' if is_right else 'NOT OK '} {binary} reads the state: {result['purchases']} purchases, "
          f"at least {machine.acknowledged} expected, {'whole' if result['clean'] else result.get('fault')}", flush=True)
    if not is_right:
        machine.broken.append("verify")


def main():
    if os.getuid() != 0:
        sys.exit("Run this as root: it makes namespaces.")
    if sys.argv[1:2] == ["--inside"]:
        folder, binary, *previous = map(pathlib.Path, sys.argv[2:])
        sys.exit(prove(folder, binary, previous[0] if previous else None))
    binaries = [pathlib.Path(argument).resolve() for argument in sys.argv[1:]]
    if not binaries or len(binaries) > 2:
        sys.exit(__doc__)
    with tempfile.TemporaryDirectory(prefix="tollgate-proof-", dir="/var/tmp") as work:
        folder = pathlib.Path(work) / "box"
        folder.mkdir()
        run(BOX, "start", folder, "/")
        try:
            # The callers are in the box's network, and see this machine's files.
            first = (folder / "first.pid").read_text().strip()
            status = subprocess.run(["nsenter", "-t", first, "--net", "--", sys.executable, __file__, "--inside", folder,
                                     *binaries], env=ENVIRONMENT).returncode
        finally:
            run(BOX, "stop", folder, check=False)
    sys.exit(status)


main()
