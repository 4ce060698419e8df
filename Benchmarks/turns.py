"""make turns: builds of Tollgate and the ceiling, loaded in turns of a tenth of a second or two.

    turns.py NAME=BINARY [NAME=BINARY ...]

A shared machine changes its speed by half within seconds, so that two rounds of a second apart say little of two builds
that differ by three hundredths. Here each build has a wrk of its own, and all but one of them stand still (SIGSTOP). What
remains is how nginx's workers happen to share the connections, which is why everything is connected anew several times.

Environment: BENCH_TIMES (7) connected anew, BENCH_SECONDS (3) each build is loaded then, BENCH_SLICE (0.15 s),
BENCH_REQUEST (purchase or confirm), BENCH_CONNECTIONS (64).
"""
import math
import os
import pathlib
import random
import re
import signal
import socket
import statistics
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.dont_write_bytecode = True
sys.path[:0] = [str(HERE), str(HERE.parent / "Tests/EndToEnd")]

import subjects  # noqa: E402  (the path above first)
from disk import MEBIBYTES_A_SECOND, Disk, undisturbed_folder  # noqa: E402
from harness import wait_until  # noqa: E402
from measure import cpu_nanoseconds, descendants, wrk_command, wrk_result  # noqa: E402

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
        self.asked = 0

    def prepare(self, folder, run):
        self.script = ["purchase.lua", run]
        if REQUEST == "confirm":
            path = folder / f"signed-{self.name}"
            subjects.signed_confirmations(path, run, int(FASTEST * (SECONDS + 2)))
            self.script = ["confirm.lua", path, subjects.CONFIRM_BODY]

    def begin(self):
        self.wrk = subprocess.Popen(wrk_command(self.subject.port, CONNECTIONS, 3600, *self.script),
                                    stdout=subprocess.PIPE, text=True)
        before = self.requests()
        wait_until(lambda: self.requests() > before + 1000, 30, f"{self.name} answers on all its connections")
        self.wrk.send_signal(signal.SIGSTOP)
        self.nginx = descendants(self.subject.nginx.pid)  # all its workers have begun by now
        self.done, self.seconds = [0, 0, 0], 0

    def slice(self):
        before, began = self.state(), time.monotonic()
        self.wrk.send_signal(signal.SIGCONT)
        time.sleep(SLICE)
        self.wrk.send_signal(signal.SIGSTOP)
        self.seconds += time.monotonic() - began
        time.sleep(PAUSE)
        self.done = [total + new - old for total, new, old in zip(self.done, self.state(), before)]

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
        requests, own, nginx = self.done
        return (requests / self.seconds, own / 1000 / requests, nginx / 1000 / requests), wrk_result(said)[-1]

    def state(self):
        """Requests so far, nanoseconds of the responder, nanoseconds of nginx."""
        return [self.requests(), *(sum(map(cpu_nanoseconds, pids)) for pids in (self.subject.pids(), self.nginx))]

    def requests(self):
        """How many requests its nginx has had, our own questions for it not counted."""
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(str(self.subject.nginx.folder / "status"))
            connection.sendall(b"GET / HTTP/1.0\r\n\r\n")
            answer = b"".join(iter(lambda: connection.recv(4096), b""))
        self.asked += 1
        return int(re.search(rb"requests\n \d+ \d+ (\d+)", answer).group(1)) - self.asked


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
        for repetition in range(TIMES):
            for one in all_subjects:
                one.prepare(folder, f"{one.name}-{repetition}")
            for one in all_subjects:
                one.begin()
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
    with undisturbed_folder() as folder:
        disk = Disk(folder, 1024 + math.ceil(MEBIBYTES_A_SECOND * TIMES * SECONDS * len(builds)))
        try:
            report(*run(folder, disk, builds), disk)
        finally:
            disk.close()


if __name__ == "__main__":
    main()
