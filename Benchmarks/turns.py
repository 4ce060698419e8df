"""make turns: builds of Tollgate and the ceiling, loaded in turns of a tenth of a second or two.

    turns.py NAME=BINARY [NAME=BINARY ...]

A shared machine changes its speed by half within seconds, so that two rounds of a second apart say little of two builds
that differ by three hundredths. Here each build has a wrk of its own, and all but one of them stand still (SIGSTOP). What
remains is how nginx's workers happen to share the connections, which is why everything is connected anew several times.

Environment: BENCH_TIMES (7) connected anew, BENCH_SECONDS (3) each build is loaded then, BENCH_SLICE (0.15 s),
BENCH_REQUEST (purchase or confirm), BENCH_CONNECTIONS (64).
"""
import os
import pathlib
import random
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.dont_write_bytecode = True
sys.path[:0] = [str(HERE), str(HERE.parent / "Tests/EndToEnd")]

import subjects  # noqa: E402  (the path above first)
from disk import Disk  # noqa: E402
from measure import cpu_nanoseconds, descendants  # noqa: E402

TIMES = int(os.environ.get("BENCH_TIMES", 7))
SECONDS = float(os.environ.get("BENCH_SECONDS", 3))
SLICE = float(os.environ.get("BENCH_SLICE", 0.15))
REQUEST = os.environ.get("BENCH_REQUEST", "purchase")
CONNECTIONS = int(os.environ.get("BENCH_CONNECTIONS", 64))
PAUSE = 0.03  # for what is on its way when a wrk is stopped
# More than any subject answers in a second: what a confirmation's wrk is given signatures for.
FASTEST = 60_000


class Loaded:
    """A subject, what it has done so far, and the wrk that makes it do it."""

    def __init__(self, name, subject):
        self.name = name
        self.subject = subject
        self.wrk = None

    def begin(self, folder, run):
        script = ["purchase.lua", run]
        if REQUEST == "confirm":
            path = folder / f"signed-{self.name}"
            subjects.signed_confirmations(path, run, int(FASTEST * (SECONDS + 2)))
            script = ["confirm.lua", path, subjects.CONFIRM_BODY]
        self.wrk = subprocess.Popen(
            ["wrk", "-t1", f"-c{CONNECTIONS}", "-d1h", "--timeout", "60s", "-s", HERE / script[0],
             f"https://127.0.0.1:{self.subject.port}", "--", *map(str, script[1:])], stdout=subprocess.PIPE, text=True)
        before = self.requests()
        while self.requests() < before + 1000:  # connected, and past the first of each connection
            time.sleep(0.01)
        self.wrk.send_signal(signal.SIGSTOP)
        self.nginx = descendants(self.subject.nginx.pid)  # all its workers have begun by now
        self.done = [0, 0, 0, 0]

    def slice(self):
        before = self.state()
        self.wrk.send_signal(signal.SIGCONT)
        time.sleep(SLICE)
        self.wrk.send_signal(signal.SIGSTOP)
        loaded_until = time.monotonic()
        time.sleep(PAUSE)
        after = self.state()
        after[1] = loaded_until
        self.done = [total + new - old for total, new, old in zip(self.done, after, before)]

    def end(self):
        """Returns (requests a second, processor time of the responder and of nginx a request in µs), and what failed."""
        self.wrk.send_signal(signal.SIGCONT)
        said = None
        while said is None:
            # Until its main thread is the one that gets it: only that one's waiting is ended by it.
            self.wrk.send_signal(signal.SIGINT)
            try:
                said = self.wrk.communicate(timeout=0.5)[0]
            except subprocess.TimeoutExpired:
                pass
        result = next(line for line in said.splitlines() if line.startswith("RESULT ")).split()
        requests, seconds, own, nginx = self.done
        return (requests / seconds, own / 1000 / requests, nginx / 1000 / requests), sum(map(int, result[3:5]))

    def state(self):
        own, nginx = (sum(map(cpu_nanoseconds, pids)) for pids in (self.subject.pids(), self.nginx))
        # Last, so that counting the one before is not among them.
        return [self.requests(), time.monotonic(), own, nginx]

    def requests(self):
        """How many requests this nginx has had, the questions for it among them."""
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(str(self.subject.nginx.folder / "status"))
            connection.sendall(b"GET / HTTP/1.0\r\n\r\n")
            answer = b"".join(iter(lambda: connection.recv(4096), b""))
        return int(re.search(rb"requests\n \d+ \d+ (\d+)", answer).group(1))


def run(folder, disk, builds):
    all_subjects = []
    rates, failed = {}, {}
    try:
        all_subjects.append(Loaded("ceiling", subjects.ceiling(folder / "ceiling")))
        for name, binary in builds.items():
            (folder / name).mkdir()
            all_subjects.append(Loaded(name, subjects.tollgate(
                disk.folder / name, pathlib.Path(binary).absolute(), folder / name / "log")))
        slices = round(SECONDS / SLICE)
        for time_ in range(TIMES):
            for one in all_subjects:
                one.begin(folder, f"{one.name}-{time_}")
            for _ in range(slices):
                for one in random.sample(all_subjects, len(all_subjects)):
                    one.slice()
            for one in all_subjects:
                figures, broken = one.end()
                rates.setdefault(one.name, []).append(figures)
                failed[one.name] = failed.get(one.name, 0) + broken
            print(".", end="", flush=True, file=sys.stderr)
        print(file=sys.stderr)
    finally:
        for one in all_subjects:
            if one.wrk:
                one.wrk.kill()  # one that stands still would outlive us
            one.subject.close()
    return rates, failed


def report(rates, failed, disk):
    print(f"{REQUEST}, {CONNECTIONS} connections, medians of {TIMES} times {SECONDS} s in slices of {SLICE} s\n"
          f"{disk.description}\n{'':12}{'a second':>10}{'/ceiling':>10}{'/first':>8}{'CPU µs':>8}{'/ceiling':>10}{'/first':>8}"
          f"{'nginx µs':>10}{'failed':>8}")
    ceiling, first = list(rates)[:2]
    for name, taken in rates.items():
        ratio = lambda figure, other: statistics.median(
            ours[figure] / theirs[figure] for ours, theirs in zip(taken, rates[other]))
        rate, own, nginx = (statistics.median(column) for column in zip(*taken))
        print(f"{name:12}{rate:10.0f}{ratio(0, ceiling):10.3f}{ratio(0, first):8.3f}{own:8.2f}{ratio(1, ceiling):10.2f}"
              f"{ratio(1, first):8.3f}{nginx:10.2f}{failed[name]:8d}")


def main():
    builds = dict(argument.split("=", 1) for argument in sys.argv[1:] if "=" in argument)
    if not builds or len(builds) != len(sys.argv) - 1:
        sys.exit(__doc__)
    try:
        os.nice(-15)  # as `make bench`
    except PermissionError:
        print("not root: other work on this machine disturbs the figures more")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # else it would leave its disk mounted
    folder = pathlib.Path(tempfile.mkdtemp(prefix="tollgate-", dir=os.environ.get("BENCH_FOLDER", "/var/tmp")))
    disk = None
    try:
        disk = Disk(folder, image_mebibytes=4096)
        report(*run(folder, disk, builds), disk)
    finally:
        if disk:
            disk.close()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
